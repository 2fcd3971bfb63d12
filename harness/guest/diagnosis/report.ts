import { Blame } from './blame/blame.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { Head } from './heads.ts';
import type { Utterance } from './speaker.ts';

/** Of a report that is kept: a trace with registers and a second CPU's. */
const KEPT_LINES = 150;
const KEPT_LENGTH = 400;
/** Lockdep prints a trace for each lock of a chain. */
const MAX_LINES = 1500;
/** By the guest's clock: whatever comes after such a pause belongs to something else. */
const MAX_PAUSE_S = 20;

const END = /^---\[ end (?:trace|Kernel panic)|^Kernel Offset: |^Rebooting in \d/;
const CPU = /^C\d+$/;

interface Changing {
  kind: FindingKind;
  severity: Finding['severity'];
  title: string;
  function: string | undefined;
  text: string;
  line: number;
  report: string[];
}

/** A report that is still coming. */
export class Report {
  /** Refined with every line. */
  readonly finding: Finding;
  readonly #changing: Changing;
  readonly #head: Head;
  readonly #from: Utterance;
  readonly #blame: Blame;
  #title: string;
  #refined = false;
  #step: number;
  #lines = 0;
  #lastSeconds: number | undefined;
  #ended = false;

  constructor(head: Head, from: Utterance, line: number) {
    const { kind, severity, title, step } = head.signature;
    this.#head = head;
    this.#from = from;
    this.#title = typeof title === 'string' ? title : title(head.match);
    this.#step = step ?? Infinity;
    this.#lastSeconds = from.seconds;
    this.#blame = new Blame(head.signature, head.match.groups?.['function']);
    const text = from.text.slice(0, KEPT_LENGTH);
    const changing = { kind, title: '', function: undefined, text, line, report: [text] };
    this.#changing = {
      ...changing,
      severity: typeof severity === 'string' ? severity : severity(head.match),
    };
    this.finding = this.#changing;
    // systemd says all in one message.
    this.#ended = head.signature.speaker === 'init';
    this.#retitle();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether this may be the next line of the report, as far as one can tell without reading it. */
  continuesWith({ speaker, caller, seconds }: Utterance): boolean {
    if (this.#ended || (speaker !== 'unknown' && speaker !== this.#head.signature.speaker)) return false;
    if (seconds !== undefined && seconds - (this.#lastSeconds ?? seconds) > MAX_PAUSE_S) {
      this.#ended = true;
      return false;
    }
    if (caller === this.#from.caller) return true;
    // Each CPU prints its own trace of a stall.
    return this.#head.signature.blame === 'stall' && CPU.test(caller ?? '');
  }

  /** Whether a head of this step belongs to the report. */
  takes(step: number | undefined): boolean {
    return step !== undefined && step > this.#step;
  }

  add({ text, seconds }: Utterance, step?: number): void {
    if (step !== undefined) this.#step = step;
    this.#lastSeconds = seconds ?? this.#lastSeconds;
    this.#lines += 1;
    if (this.#changing.report.length < KEPT_LINES) this.#changing.report.push(text.slice(0, KEPT_LENGTH));
    if (END.test(text) || this.#lines >= MAX_LINES) this.#ended = true;
    this.#refine(text);
    this.#blame.see(text);
    this.#retitle();
  }

  #refine(text: string): void {
    for (const { pattern, title, names } of this.#head.signature.refinements ?? []) {
      const match = pattern.exec(text);
      if (match === null) continue;
      // Once only: "Read of size" comes again where a trace shows who else read.
      if (title !== undefined && !this.#refined) this.#title = title(this.#title, match);
      this.#refined = true;
      const name = match.groups?.['function'];
      if (names === true && name !== undefined) this.#blame.name(name);
    }
  }

  #retitle(): void {
    const { function: name } = this.#blame;
    this.#changing.function = name;
    this.#changing.title = name === undefined ? this.#title : `${this.#title} in ${name}`;
  }
}
