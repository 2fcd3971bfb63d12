import type { Signature } from '../signatures/signature.ts';
import { frameOf, lockPlace, plainName } from './frame.ts';
import { isMachinery } from './machinery.ts';
import { StallTrace } from './stalled.ts';
import { commonName } from './system-call.ts';

const NEW_TRACE = /^\s*(?:Call [Tt]race:|Backtrace:|NMI backtrace for cpu|Task dump for CPU)/;
/** The next line is a place where preemption or interrupts were switched off, long before. */
const OLD_PLACE = /^(?:Preemption disabled at:|last sysfs file|(?:hard|soft)irqs last)/;
/** One of the list of locks that a task holds. */
const HELD = /^\s*#\d+: /;

/** Finds the function to blame while a report comes line by line. */
export class Blame {
  readonly #signature: Signature;
  readonly #stall = new StallTrace();
  #found: string | undefined;
  #fallback: string | undefined;
  #inTrace: boolean;
  #over = false;
  #skipNext = false;

  /** @param head the function that the first line names. */
  constructor(signature: Signature, head: string | undefined) {
    this.#signature = signature;
    this.#inTrace = signature.traceFrom === undefined;
    if (head !== undefined) this.#offer(plainName(head));
    if (signature.blame === 'head') this.#over = true;
  }

  /** The first choice, or what comes nearest as long as there is none. */
  get function(): string | undefined {
    const name = this.#found ?? this.#stall.innermost ?? this.#fallback;
    return name === undefined ? undefined : commonName(name);
  }

  /** The report itself says which. */
  name(name: string): void {
    this.#found = plainName(name);
    this.#over = true;
  }

  see(line: string): void {
    if (this.#over || this.#found !== undefined) return;
    const { blame, traceFrom, traceUntil } = this.#signature;
    if (traceUntil?.test(line) === true) this.#over = true;
    if (traceFrom?.test(line) === true) this.#inTrace = true;
    const skipped = this.#skipNext;
    this.#skipNext = OLD_PLACE.test(line);
    if (this.#over || skipped) return;
    if (blame === 'lock' ? !HELD.test(line) : blame === 'held-lock')
      this.#offerUnlessUndefined(lockPlace(line));
    if (!this.#inTrace) return;
    if (blame === 'stall') this.#seeOfStall(line);
    else this.#seeOfTrace(line);
  }

  /** Where the CPU was sent to no function, the link register says who sent it. */
  #seeOfTrace(line: string): void {
    const frame = frameOf(line);
    if (frame === undefined || (frame.register === 'link' && this.#fallback !== undefined)) return;
    this.#offer(frame.name);
  }

  #seeOfStall(line: string): void {
    if (NEW_TRACE.test(line)) this.#stall.begin();
    const frame = frameOf(line);
    if (frame === undefined || frame.register === 'link') return;
    this.#found = this.#stall.see(frame.name, frame.register === 'pointer');
  }

  #offerUnlessUndefined(name: string | undefined): void {
    if (name !== undefined) this.#offer(name);
  }

  #offer(name: string): void {
    if (this.#found !== undefined) return;
    this.#fallback ??= name;
    if (isMachinery(name) || this.#signature.machinery?.test(name) === true) return;
    this.#found = name;
  }
}
