import { withoutExtension } from '../file-run.ts';
import type { QuarantineRecord, TestRecord } from '../schema.ts';
import { QUARANTINE_FILE, type QuarantineEntry } from './entries.ts';

/**
 * Which failures are known and allowed, and which entries say so in vain. An entry holds up to and with the day on which it
 * expires, in UTC. It never covers a failure of the host, which says nothing about the test.
 */
export class Quarantine {
  readonly #entries: readonly QuarantineEntry[];
  readonly #today: string;

  constructor(entries: readonly QuarantineEntry[], now: Date) {
    this.#entries = entries;
    this.#today = now.toISOString().slice(0, 10);
  }

  /** What makes a warning of the test's failure; null when nothing does. */
  of(test: TestRecord): QuarantineRecord | null {
    const isOwn = test.state === 'failed' && !test.failures.some(({ infrastructure }) => infrastructure);
    const entry = this.#entries.find((one) => covers(one, test) && !this.#isExpired(one));
    if (!isOwn || entry === undefined) return null;
    const { issue, owner, expires } = entry;
    return { issue, owner, expires };
  }

  /**
   * The tests with their quarantine, and a failure for each entry that has expired, or names no test of a file that ran. Entries
   * for files that did not run on their target are another run's business.
   */
  applyTo(tests: readonly TestRecord[], interrupted = false): TestRecord[] {
    const own = tests
      .filter(({ file }) => file !== QUARANTINE_FILE)
      .map((test) => ({ ...test, quarantine: this.of(test) }));
    const faults = this.#entries.flatMap((entry) => {
      const fault = this.#faultOf(entry, own, interrupted);
      return fault === undefined ? [] : [faultRecord(entry, fault)];
    });
    return [...own, ...faults];
  }

  #faultOf(entry: QuarantineEntry, tests: readonly TestRecord[], interrupted: boolean): string | undefined {
    const ofFile = tests.filter((test) => test.target === targetOf(entry) && fileOf(test) === fileOf(entry));
    if (ofFile.length === 0) return undefined;
    const what = `"${entry.test}" on ${targetOf(entry)}`;
    if (this.#isExpired(entry)) {
      return `The quarantine of ${what} expired on ${entry.expires}: ${entry.owner} should mend the test (${entry.issue}), remove the entry, or give it a later day.`;
    }
    // A file that failed as a whole, or was cut short, may not have come to its tests.
    const isWhole =
      !interrupted && !ofFile.some(({ state, quarantine }) => state === 'failed' && quarantine === null);
    if (!isWhole || ofFile.some((test) => covers(entry, test))) return undefined;
    return `The quarantine of ${what} is unused: its file has no test of that name. Remove the entry, or name the test as reports do.`;
  }

  #isExpired({ expires }: QuarantineEntry): boolean {
    return expires < this.#today;
  }
}

/** "quarantined until 2026-12-24 (owner, issue)" */
export function quarantineText({ expires, owner, issue }: QuarantineRecord): string {
  return `quarantined until ${expires} (${owner}, ${issue})`;
}

function covers(entry: QuarantineEntry, test: TestRecord): boolean {
  return test.target === targetOf(entry) && `${fileOf(test)}: ${test.promise}` === entry.test;
}

function targetOf({ variant, architecture }: QuarantineEntry): string {
  return `${variant}/${architecture}`;
}

function fileOf(of: QuarantineEntry | TestRecord): string {
  return 'file' in of ? withoutExtension(of.file) : of.test.slice(0, of.test.indexOf(': '));
}

function faultRecord(entry: QuarantineEntry, message: string): TestRecord {
  return {
    ...{ suite: 'hotfire', file: QUARANTINE_FILE, target: targetOf(entry), repetition: 1 },
    promise: `the quarantine of "${entry.test}" is in force and used`,
    ...{ state: 'failed', skipReason: null, startMs: 0, durationMs: 0, quarantine: null, reproduce: null },
    failures: [{ name: 'UsageError', message, stack: null, infrastructure: false }],
    ...{ steps: [], measurements: [], vms: [] },
  };
}
