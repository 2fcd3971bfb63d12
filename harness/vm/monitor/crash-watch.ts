import { Diagnosis } from '../../guest/diagnosis/diagnosis.ts';
import { Speakers, utterancesOf, type Utterance } from '../../guest/diagnosis/speaker.ts';
import { exitFailure, type QemuExit } from '../../qemu/failure.ts';
import type { QmpEvent } from '../../qemu/qmp/messages.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { deferred, type Deferred } from '../../util/deferred.ts';
import { clockFault } from './signs/clock-fault.ts';
import type { Connections } from '../connections.ts';
import { Symptoms } from './symptoms.ts';
import { GuestCrashError, type MachineSymptom, type QmpSymptom } from './verdict/crash-error.ts';
import type { Health } from './verdict/health.ts';

/** A stack trace takes a moment to come over the serial port; a crash is still reported well within two seconds. */
export const COLLECT_MS = 600;

type Announced = 'RESET' | 'SHUTDOWN';

export interface CrashWatchOptions {
  /** Symptoms from before. */
  readonly noted?: readonly MachineSymptom[] | undefined;
  /** Lines that look like a crash and are none. */
  readonly harmless?: readonly RegExp[];
  /** The milliseconds since the machine was started. */
  readonly now?: () => number;
}

/** Watches all output of a machine, and reports a crash to its health. */
export class CrashWatch {
  readonly #health: Health;
  readonly #evidence: () => string;
  readonly #symptoms: Symptoms;
  readonly #expected = new Set<Announced>();
  readonly #offs: (() => void)[];
  readonly #speakers = new Speakers();
  readonly #heard = { console: new Diagnosis(), journal: new Diagnosis() };
  readonly #harmless: readonly RegExp[];
  readonly #now: () => number;
  readonly #seenAtMs = new WeakMap<MachineSymptom, number>();
  #verdict: { readonly timer: NodeJS.Timeout; readonly given: Deferred<void> } | undefined;
  #tolerated: Symptoms | undefined;
  #stopped = false;

  constructor(
    { console, journal, qmp }: Pick<Connections, 'console' | 'journal' | 'qmp'>,
    health: Health,
    evidence: () => string,
    { noted = [], harmless = [], now = () => 0 }: CrashWatchOptions = {},
  ) {
    this.#now = now;
    this.#harmless = harmless;
    this.#symptoms = new Symptoms(noted);
    this.#health = health;
    this.#evidence = evidence;
    this.#offs = [
      console.events.on('line', ({ text, number }) => {
        this.#hear('console', this.#speakers.of(text), number, text);
      }),
      journal.events.on('entry', (entry) => {
        for (const utterance of utterancesOf(entry)) this.#hear('journal', utterance, 0);
      }),
      qmp.events.on('event', (event) => {
        this.#onQmp(event);
      }),
    ];
  }

  /** What was seen and did not fail the machine. */
  get noted(): readonly MachineSymptom[] {
    return this.#symptoms.all.filter(({ severity }) => severity !== 'fatal');
  }

  /** All that was seen, but what was tolerated, with the time in milliseconds; null for what was seen in an earlier life. */
  get seen(): readonly { readonly symptom: MachineSymptom; readonly atMs: number | null }[] {
    return this.#symptoms.all.map((symptom) => ({ symptom, atMs: this.#seenAtMs.get(symptom) ?? null }));
  }

  /** Resolves when no crash is waiting for the rest of its report. */
  get judged(): Promise<void> {
    return this.#verdict?.given.promise ?? Promise.resolve();
  }

  /** The next such event is expected, not a crash. */
  expect(event: Announced): void {
    this.#expected.add(event);
  }

  /**
   * From now on a crash of the guest is what the caller provokes, and the machine goes on.
   *
   * @returns what is seen until `tolerateNoMore`; it grows.
   */
  tolerate(): readonly MachineSymptom[] {
    this.#tolerated ??= new Symptoms([]);
    return this.#tolerated.growing;
  }

  tolerateNoMore(): void {
    this.#tolerated = undefined;
  }

  /** QEMU has ended. That is the machine's failure, unless the watch was stopped before. */
  qemuExited(exit: QemuExit): void {
    if (this.#stopped) return;
    if (this.#verdict !== undefined) this.#giveVerdict();
    this.#health.fail(exitFailure(exit, 'while its machine was running'));
  }

  stop(): void {
    this.#stopped = true;
    this.#verdict?.given.resolve();
    clearTimeout(this.#verdict?.timer);
    for (const off of this.#offs) off();
  }

  #hear(by: 'console' | 'journal', utterance: Utterance, line: number, whole = utterance.text): void {
    const { speaker, text } = utterance;
    if (this.#harmless.some((pattern) => pattern.test(whole))) return;
    const fault = speaker === 'kernel' || speaker === 'unknown' ? clockFault(text) : undefined;
    if (fault === undefined) this.#add(this.#heard[by].hear(utterance, line));
    else this.#health.fail(fault);
  }

  #onQmp({ name, data }: QmpEvent): void {
    switch (name) {
      case 'GUEST_PANICKED':
        this.#addFatal('panic', 'guest reported a panic (pvpanic)');
        break;
      case 'WATCHDOG':
        this.#addFatal('watchdog', 'watchdog expired');
        break;
      case 'RESET':
        this.#speakers.reset();
        for (const diagnosis of Object.values(this.#heard)) diagnosis.reset();
        if (!this.#expected.delete(name)) this.#addFatal('unexpected-reset', 'it reset itself');
        break;
      case 'SHUTDOWN':
        if (this.#expected.has(name)) this.#endWell();
        else this.#addFatal('unexpected-shutdown', 'it switched itself off');
        break;
      case 'BLOCK_IO_ERROR':
        this.#health.fail(diskError(data));
    }
  }

  /** Only the end of QEMU follows. */
  #endWell(): void {
    if (this.#verdict !== undefined) this.#giveVerdict();
    this.stop();
  }

  #addFatal(kind: QmpSymptom['kind'], text: string): void {
    this.#add({ kind, severity: 'fatal', title: text, text });
  }

  #add(symptom: MachineSymptom | undefined): void {
    if (symptom === undefined) return;
    const isNew = (this.#tolerated ?? this.#symptoms).add(symptom);
    this.#seenAtMs.set(symptom, this.#now());
    if (!isNew || this.#tolerated !== undefined || symptom.severity !== 'fatal') return;
    this.#verdict ??= {
      timer: setTimeout(() => {
        this.#giveVerdict();
      }, COLLECT_MS),
      given: deferred(),
    };
  }

  #giveVerdict(): void {
    clearTimeout(this.#verdict?.timer);
    this.#health.fail(new GuestCrashError(this.#symptoms.all, this.#evidence()));
    this.#verdict?.given.resolve();
  }
}

/** BLOCK_IO_ERROR: the host could not read or write the disk's file. */
function diskError(data: QmpEvent['data']): InfrastructureError {
  const full = data['nospace'] === true;
  const reason = typeof data['reason'] === 'string' ? `: ${data['reason']}` : '';
  return new InfrastructureError(
    `The host failed to ${String(data['operation'])} the machine's disk${reason}.`,
    {
      hint: full
        ? 'Its disk is full: free some space, or point TMPDIR to a larger disk.'
        : "See the host's kernel log.",
    },
  );
}
