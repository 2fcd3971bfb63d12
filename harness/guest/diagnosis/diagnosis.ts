import type { Finding } from './finding.ts';
import { Report } from './report.ts';
import { headOf, type Head } from './heads.ts';
import { FailedUnits } from './failed-units.ts';
import type { Utterance } from './speaker.ts';

/** What the first process puts before its messages when it logs to the kernel's buffer. */
const OWN_NAME = /^systemd\[1\]: /;
/** Long lines hold a program's words or a list of modules, and take time to look at. */
const MAX_LENGTH = 2000;
/** CPUs that report at the same time. */
const MAX_OPEN = 8;
/** A loop of failures must not fill the memory. */
const MAX_OF_A_KIND = 20;

/** Recognises what goes wrong in one stream of messages, a console's or a journal's, as they come. */
export class Diagnosis {
  readonly #findings: Finding[] = [];
  readonly #failedUnits = new FailedUnits();
  #open: Report[] = [];

  /** In the order in which they began; of equal titles only the first. */
  get findings(): readonly Finding[] {
    return unequal(this.#findings);
  }

  /** Another boot: nothing that is open goes on. */
  reset(): void {
    this.#close(this.#open);
  }

  /**
   * @param line where the caller has it from.
   * @returns the finding that the message begins, if it does; later messages refine it.
   */
  hear(utterance: Utterance, line: number): Finding | undefined {
    const text = utterance.text.slice(0, MAX_LENGTH);
    const heard = { ...utterance, text: utterance.speaker === 'init' ? text.replace(OWN_NAME, '') : text };
    const head = headOf(heard.speaker, heard.text);
    const mine = this.#open.filter((report) => report.continuesWith(heard));
    const step = head?.signature.step;
    const taker = mine.findLast((report) => report.takes(step));
    if (head === undefined || taker !== undefined) {
      for (const report of mine) report.add(heard, report === taker ? step : undefined);
      this.#close(mine.filter(({ ended }) => ended));
      return undefined;
    }
    if (!this.#failedUnits.allow(head)) return undefined;
    for (const report of mine.filter(goesOnAfter(head))) report.add(heard);
    this.#close(mine.filter((report) => report.ended || !goesOnAfter(head)(report)));
    return this.#begin(new Report(head, heard, line));
  }

  #begin(report: Report): Finding {
    const { finding } = report;
    this.#open.push(report);
    const ofKind = this.#findings.filter(({ kind }) => kind === finding.kind);
    if (ofKind.length < MAX_OF_A_KIND) this.#findings.push(finding);
    this.#close(report.ended ? [report] : this.#open.slice(0, -MAX_OPEN));
    return finding;
  }

  #close(reports: readonly Report[]): void {
    if (reports.length === 0) return;
    this.#open = this.#open.filter((report) => !reports.includes(report) && !report.ended);
    const kept = unequal(this.#findings);
    this.#findings.splice(0, this.#findings.length, ...kept);
  }
}

/**
 * A panic is what ends the report of its cause, whose trace may come after it. What a CPU does that stalls may be worth a
 * warning too.
 */
function goesOnAfter({ signature: { kind } }: Head): (report: Report) => boolean {
  return ({ finding }) => kind === 'panic' || (kind === 'warning' && finding.kind === 'rcu-stall');
}

/** Without those whose title another has before. */
export function unequal<T extends { readonly title: string }>(findings: readonly T[]): T[] {
  const titles = new Set<string>();
  return findings.filter(({ title }) => !titles.has(title) && titles.add(title));
}
