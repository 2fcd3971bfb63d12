import type { ConsoleShell } from '../guest/console/shell.ts';
import { login } from '../guest/console/login.ts';
import type { Finding, FindingKind } from '../guest/diagnosis/finding.ts';
import { readGpt, type GptTable } from '../disk/gpt/table.ts';
import { loginOf, type OsProfile } from '../os/profile.ts';
import { MACHINES } from '../qemu/machines/index.ts';
import type { QemuExit } from '../qemu/failure.ts';
import type { Deadline } from '../util/deadline.ts';
import { cpuTimeMsOf } from '../process/stat.ts';
import type { MachineSymptom } from './monitor/verdict/crash-error.ts';
import { firstAnswer } from './wait/api.ts';
import type { Checkpoint } from './fork/checkpoint.ts';
import type { PoweredOff } from './powered-off.ts';
import type { RunParts } from './run-parts.ts';
import { Reachable } from './reachable.ts';
import { rebootThroughApi, resetByQmp, shutdownByButton } from './power.ts';
import type { Connections } from './connections.ts';
import { waitForReady } from './wait/ready.ts';
import { waitForBoot } from './wait/boot.ts';
import { waitForCrash } from './wait/crash.ts';
import { WAIT_MS } from './wait/defaults.ts';
import { waitForVersion } from './wait/version.ts';
import type { ResolvedSpec } from './spec.ts';
import type { Timeline } from './monitor/boot-timeline.ts';
import type { Life } from './monitor/life.ts';
import { monitor, type Monitor } from './monitor/monitor.ts';
import type { VmDirectory } from './directory/vm-directory.ts';

interface VmParts extends RunParts {
  readonly off: PoweredOff;
}

/**
 * A machine that is on. When it fails (it crashes, resets or switches itself off, or QEMU dies), every wait through it
 * ends within a second with the reason, and so does every later call. Waits without a deadline get one of `WAIT_MS`.
 */
export class Vm extends Reachable implements AsyncDisposable {
  readonly #parts: VmParts;
  readonly #monitor: Monitor;
  #on = true;
  #failureExpected = false;
  /** What waits end with when it was switched off. */
  readonly #end: Error;

  constructor(parts: VmParts) {
    const { connections, off, requireCapabilities } = parts;
    const watched = monitor(parts, off.assembly.spec.image.profile, off.directory);
    super(connections, watched.health, requireCapabilities);
    this.#parts = parts;
    this.#monitor = watched;
    this.#end = new Error(`The machine ${this.id} is off; boot what powerCut() or shutdown() returned.`);
  }

  /** A short name for reports, unique within the run. */
  get id(): string {
    return this.directory.id;
  }

  get directory(): VmDirectory {
    return this.#parts.off.directory;
  }

  /** Not guarded: for a person, who looks at a machine that has failed, too. */
  get connections(): Connections {
    return this.#parts.connections;
  }

  /** What was asked for when it was put together. */
  get spec(): ResolvedSpec {
    return this.#parts.off.assembly.spec;
  }

  /** What its OS promises. */
  get profile(): OsProfile {
    return this.spec.image.profile;
  }

  /** It began as a copy of another machine. */
  get isFork(): boolean {
    return this.#parts.noted !== undefined;
  }

  get isOn(): boolean {
    return this.#on;
  }

  /** Of the boot that goes on or was the last. */
  get timeline(): Timeline {
    return this.#monitor.boots.present.timeline;
  }

  /** What it has gone through. */
  get life(): Life {
    return { ...this.#monitor.life(), failureExpected: this.#failureExpected };
  }

  /** Signs of trouble that did not fail the machine. */
  get noted(): readonly MachineSymptom[] {
    return this.#monitor.watch.noted;
  }

  /** Why the machine failed, also when it is off by now; undefined if it has not, or was expected to. */
  get failure(): Error | undefined {
    const { failure } = this.#monitor.health;
    const ended = [this.#end, this.#parts.signal?.reason].includes(failure);
    return this.#failureExpected || ended ? undefined : failure;
  }

  /** Resolves when all that the machine has shown up to now is judged, so that `failure` says it; within two seconds. */
  settle(): Promise<void> {
    return this.#monitor.settle();
  }

  /** Resolves when QEMU has ended, however that came. */
  get exited(): Promise<QemuExit> {
    return this.#parts.process.exited;
  }

  /** The host's CPU time that it has used. */
  cpuTimeMs(): number {
    return cpuTimeMsOf(this.#parts.process.pid) ?? 0;
  }

  /** For waits of the caller's own: the promise's value, unless the machine fails first. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return this.#monitor.health.guard(promise);
  }

  /** Waits until the host API answers, whatever it answers. */
  async waitForApi(deadline = this.#within('api', 'the host API of')): Promise<void> {
    await this.guard(firstAnswer(this.#parts.connections.api, deadline));
    this.timeline.mark('api', this.#parts.now());
  }

  /** Waits until the present boot has no unit left to start, whether all went well or not. */
  waitForBoot(deadline = this.#within('boot', 'the end of all start jobs on')): Promise<void> {
    return waitForBoot(this, deadline);
  }

  /** Waits until the machine shows in one of the ways of its profile that it is ready. */
  async waitForReady(
    deadline = this.#parts.deadlines.within(this.profile.ready.withinMs, `${this.id} to be ready`),
  ): Promise<void> {
    const { arch } = this.#parts.off.assembly.spec.image;
    const { number, firstLine: from } = this.#monitor.boots.present;
    // Frozen when it was ready; what a console showed before that is not shown again.
    if (this.isFork && number === 0 && this.profile.ready.hostApi !== true) return;
    const { serialPort } = MACHINES[arch];
    await this.guard(waitForReady(this, this.profile.ready, deadline, { from, serialPort }));
    this.timeline.mark('ready', this.#parts.now());
  }

  /** Logs in on the serial console, as the profile says. */
  login(deadline = this.#within('login', 'a login on the console of')): Promise<ConsoleShell> {
    this.#parts.requireCapabilities?.('login');
    return this.guard(login(this.console, { ...loginOf(this.profile), deadline }));
  }

  /** From now on a failure of the machine is what the caller provokes, so it leaves no evidence behind. */
  expectFailure(): void {
    this.#failureExpected = true;
  }

  /** The failure that the caller provokes; see `expectFailure`. */
  async waitForFailure(deadline = this.#within('failure', 'the failure of')): Promise<Error> {
    this.expectFailure();
    const failure = this.#monitor.health.failed.catch((error: unknown) => error as Error);
    return deadline.race(failure, () => this.console.tail(1)[0] ?? 'a silent console');
  }

  /** A sign of trouble that the caller provokes: no failure of the machine, even if it is its end. See `waitForCrash`. */
  async expectCrash(kind: FindingKind, deadline = this.#within('failure', `${kind} of`)): Promise<Finding> {
    const finding = await waitForCrash(this.#monitor, kind, deadline);
    if (finding.severity === 'fatal') this.expectFailure();
    return finding;
  }

  /** Asks the guest's API for a reboot and waits until the API of another boot answers. */
  reboot(deadline = this.#within('reboot', 'POST /actions/reboot and another boot of')): Promise<void> {
    return rebootThroughApi(this, this.#monitor.watch, deadline);
  }

  /**
   * Waits until the host API of this version answers, over as many boots as that takes. Crashes on the way are what the
   * caller provokes.
   *
   * @returns what went wrong on the way, in its order.
   */
  waitForVersion(
    version: string,
    deadline = this.#within('version', `version ${version} on`),
  ): Promise<readonly MachineSymptom[]> {
    return waitForVersion(this, this.#monitor.watch, version, deadline);
  }

  /** What the guest has flushed of the partition table, read by the host. */
  readGpt(): Promise<GptTable> {
    return readGpt({ ...this.#parts.off.disk, inUse: true });
  }

  /**
   * Freezes a copy of the machine at this moment, disks included; the machine itself goes on. Forks of the copy end with
   * the machine at the latest.
   */
  checkpoint(deadline = this.#within('checkpoint', 'a checkpoint of')): Promise<Checkpoint<Vm>> {
    return this.guard(this.#parts.off.checkpoint(this, deadline));
  }

  /** Presses the machine's reset button. Does not wait for the guest to come back. */
  reset(deadline = this.#within('reset', 'the reset of')): Promise<void> {
    return resetByQmp(this, this.#monitor.watch, deadline);
  }

  /** Presses the power button and waits until the guest has switched the machine off. */
  async shutdown(deadline = this.#within('shutdown', 'the clean shutdown of')): Promise<PoweredOff> {
    await shutdownByButton(this, this.#monitor.watch, deadline);
    return this.powerCut();
  }

  /** Cuts the power at once. The disks and firmware variables stay as they are. */
  async powerCut(): Promise<PoweredOff> {
    await this.stop();
    return this.#parts.off;
  }

  /** Ends QEMU and all connections, when the last moment is judged; the directory stays until the machine is disposed of. */
  async stop(): Promise<void> {
    await this.settle();
    if (this.failure !== undefined) this.#parts.off.markFailed();
    this.#on = false;
    this.#monitor.watch.stop();
    this.#monitor.stalls.stop();
    this.#monitor.health.fail(this.#end);
    await this.#parts.process.kill();
    await this.#parts.connections[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.off[Symbol.asyncDispose]();
  }

  #within(wait: keyof typeof WAIT_MS, what: string): Deadline {
    return this.#parts.deadlines.within(WAIT_MS[wait], `${what} ${this.id}`);
  }
}
