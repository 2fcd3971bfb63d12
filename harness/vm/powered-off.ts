import { performance } from 'node:perf_hooks';

import type { Disk } from '../disk/disk-io.ts';
import { readGpt, type GptTable } from '../disk/gpt/table.ts';
import { Deadlines } from '../qemu/deadlines.ts';
import type { QemuProcess } from '../qemu/process.ts';
import { Deadline } from '../util/deadline.ts';
import { Disposables } from '../util/disposables.ts';
import type { Assembly } from './assembly.ts';
import type { BootOptions, StartOptions } from './boot-options.ts';
import { connect } from './connections.ts';
import { describeMachine } from './directory/describe-machine.ts';
import { takeCheckpoint, type Checkpoint } from './fork/checkpoint.ts';
import { assembleFork } from './fork/fork.ts';
import { resume } from './fork/resume.ts';
import { savedStateOf, type Snapshot } from './fork/snapshot.ts';
import { SCREEN_FILE, saveScreen } from './last-look/screen.ts';
import { needOf } from './reservation/need.ts';
import type { Life } from './monitor/life.ts';
import { reserve } from './reservation/reserve.ts';
import { startQemu } from './start-qemu.ts';
import { Vm } from './vm.ts';

/** A start ends with the first instruction of the firmware: QEMU's own doing, which no image can slow down. */
const START_TIMEOUT_MS = 30_000;
/** A survey of power cuts starts a machine hundreds of times. */
const KEPT_LIVES = 50;

/**
 * A machine without power: disks and firmware variables as they are. It can be looked at, damaged and started. At most
 * one `Vm` runs of it at a time; disposing either ends both.
 */
export class PoweredOff implements AsyncDisposable {
  /** What it is made of. */
  readonly assembly: Assembly;
  readonly #forks = new Disposables();
  #forked = 0;
  #running: Vm | undefined;
  readonly #pastLives: Life[] = [];
  readonly #defaults: StartOptions;
  #failed = false;
  #look: ((vm: Vm) => Promise<void>) | undefined;
  #will: (() => Promise<void>) | undefined;
  #endPostponed = false;
  #disposed = false;

  /** @param defaults hold for every start of the machine and of its checkpoints' forks. */
  constructor(assembly: Assembly, defaults: StartOptions = {}) {
    this.assembly = assembly;
    this.#defaults = defaults;
  }

  get directory(): Assembly['directory'] {
    return this.assembly.directory;
  }

  /** The machine's own disks; the image's are never written. */
  get disks(): Assembly['disks'] {
    return this.assembly.disks;
  }

  /** The disk that is booted. */
  get disk(): Disk {
    return this.assembly.disks[0];
  }

  /** What it went through each time that it was on, the latest last; of very many, the latest. */
  get lives(): readonly Life[] {
    return this.#running === undefined ? this.#pastLives : [...this.#pastLives, this.#running.life];
  }

  readGpt(): Promise<GptTable> {
    return readGpt(this.disk);
  }

  /** Switches the machine on, and waits for nothing that the image does. */
  start(options: StartOptions = {}): Promise<Vm> {
    return this.#launch(options, undefined);
  }

  /**
   * Switches the machine on as what was frozen in the snapshot, renewed: with random numbers, time and identity of its
   * own. Its disks must be overlays on the snapshot's, with nothing written to them yet.
   *
   * @throws {ImageError} when the guest can't be renewed or turns out not to be the frozen one.
   */
  restore(snapshot: Snapshot, options: StartOptions = {}): Promise<Vm> {
    return this.#launch(options, snapshot);
  }

  async #launch(given: StartOptions, snapshot: Snapshot | undefined): Promise<Vm> {
    const options = { ...this.#defaults, ...given };
    const { assembly, directory } = this;
    if (this.#disposed) throw new Error(`The machine ${directory.id} is disposed of; assemble a new one.`);
    if (this.#running?.isOn === true) throw new Error(`The machine ${directory.id} is on already.`);
    options.signal?.throwIfAborted();
    const deadlines = Deadlines.on(assembly.accelerator, directory.id, options.limit);
    const reservation = await reserve(needOf(assembly.spec, snapshot !== undefined), options);
    const startedAtMs = performance.now();
    const now = (): number => performance.now() - startedAtMs;
    let process: QemuProcess | undefined;
    try {
      process = await startQemu(assembly, snapshot && savedStateOf(snapshot));
      void process.exited.then(() => {
        reservation.release();
      });
      const deadline = Deadline.after(START_TIMEOUT_MS, 'QEMU to start its machine');
      const connected = connect(directory, now, deadline, {
        deadlines,
        requireCapabilities: options.requireCapabilities,
        past: snapshot?.journal,
      });
      const connections = await process.whileRunning(connected, 'before its machine started');
      const vm = new Vm({
        ...options,
        ...{ off: this, process, connections, now, deadlines, noted: snapshot?.noted },
      });
      if (this.#running !== undefined) this.#pastLives.push(this.#running.life);
      if (this.#pastLives.length > KEPT_LIVES) this.#pastLives.shift();
      this.#running = vm;
      if (snapshot === undefined) {
        // The debugger lets it go.
        if (assembly.spec.gdb !== true) await connections.qmp.execute('cont', undefined, deadline);
      } else await process.whileRunning(resume(snapshot, connections, deadline), 'while it restored a state');
      options.onStart?.(vm);
      return vm;
    } catch (error) {
      await process?.kill();
      reservation.release();
      this.#failed = true;
      throw error;
    }
  }

  /** Switches the machine on and waits until it is ready. */
  boot(options: BootOptions = {}): Promise<Vm> {
    return this.#answer(this.start(options), options);
  }

  async #answer(started: Promise<Vm>, { timeoutMs }: BootOptions): Promise<Vm> {
    const vm = await started;
    const deadline =
      timeoutMs === undefined ? undefined : Deadline.after(timeoutMs, `${this.directory.id} to be ready`);
    try {
      await vm.waitForReady(deadline);
      return vm;
    } catch (error) {
      this.#failed = true;
      // The caller gets it with this error.
      vm.expectFailure();
      await this.giveUp();
      throw error;
    }
  }

  /** See `Vm.checkpoint`. */
  async checkpoint(vm: Vm, deadline: Deadline): Promise<Checkpoint<Vm>> {
    const snapshot = await takeCheckpoint(vm, this.assembly, deadline);
    return { fork: (options = {}) => this.#fork(snapshot, options) };
  }

  async #fork(snapshot: Snapshot, options: BootOptions): Promise<Vm> {
    const { spec, ...parts } = this.assembly;
    const evidenceDirectory = spec.evidenceDirectory && `${spec.evidenceDirectory}-fork${++this.#forked}`;
    const own = { ...spec, ...(evidenceDirectory && { evidenceDirectory }) };
    const machine = this.#forks.use(
      new PoweredOff(await assembleFork(snapshot, { ...parts, spec: own }), this.#defaults),
    );
    return machine.#answer(machine.restore(snapshot, options), options);
  }

  /** What the machine leaves behind is evidence: its directory is kept, or copied where the spec says. */
  markFailed(): void {
    this.#failed = true;
  }

  /** @param look is done when its last run is about to end, unless that is by a power cut, a shutdown or QEMU's own end. */
  onLastLook(look: (vm: Vm) => Promise<void>): void {
    this.#look = look;
  }

  /** @param will is done when it has ended, before its directory goes. */
  onEnd(will: () => Promise<void>): void {
    this.#will = will;
  }

  /** Until `end()`, disposing of it or of its `Vm` does nothing: a person wants to look at it first. */
  postponeEnd(): void {
    this.#endPostponed = true;
  }

  /** Copies what the machine has left up to now to a directory, which is made if need be. */
  async saveEvidence(directory: string): Promise<void> {
    await this.directory.saveEvidence(directory, describeMachine(this.assembly));
  }

  /** Lets the directory, disks included, outlive the run. */
  keep(): void {
    this.directory.keep();
  }

  /** Ends its run, if it is on, after a last look at what goes with QEMU. */
  async giveUp(): Promise<void> {
    const vm = this.#running;
    if (vm?.isOn === true) await this.#lookAt(vm);
    await vm?.stop();
  }

  async #lookAt(vm: Vm): Promise<void> {
    if (vm.spec.display === true) {
      // Of a QEMU that is gone there is none.
      await saveScreen(vm.connections.qmp, this.directory.file(SCREEN_FILE)).catch(() => undefined);
    }
    await this.#look?.(vm);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#endPostponed) await this.end();
  }

  /** Disposes of it, even if that was postponed. */
  async end(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#forks[Symbol.asyncDispose]();
    await this.giveUp();
    const { evidenceDirectory } = this.assembly.spec;
    if (this.#failed) {
      if (evidenceDirectory === undefined) this.keep();
      else await this.saveEvidence(evidenceDirectory);
    }
    try {
      await this.#will?.();
    } finally {
      await this.directory.removeUnlessKept();
    }
  }
}
