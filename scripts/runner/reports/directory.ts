import { rmdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { EVENTS_FILE } from '../../../harness/report/events.ts';
import { InfrastructureError, messageOf, UsageError } from '../../../harness/util/errors.ts';
import { tryLock, type HeldLock } from '../../../harness/util/files/lock.ts';
import { exists } from '../../../harness/util/files/look.ts';
import { makeDirectory } from '../../../harness/util/files/make-directory.ts';
import { unfinishedOf } from '../../../harness/util/files/write-whole.ts';

/** Everything that a report consists of. */
const PARTS = ['run.json', 'junit.xml', 'index.html', 'vms', EVENTS_FILE];
/** With what a run that was killed may have left of them. */
const PARTS_AND_LEFTOVERS = PARTS.flatMap((part) => [part, unfinishedOf(part)]);
const LOCK = '.in-use';
/** See `timeStamp`. */
const DEFAULT_NAME = /^\d{8}T\d{6}Z-\d+$/;

/** A directory that no other run writes its report to, until this one is disposed of. */
export class ReportDirectory implements Disposable {
  readonly path: string;
  readonly #lock: HeldLock;
  readonly #wasThere: boolean;

  private constructor(path: string, lock: HeldLock, wasThere: boolean) {
    this.path = path;
    this.#lock = lock;
    this.#wasThere = wasThere;
  }

  /**
   * Makes sure, before any work, that the report can be written in the end; an earlier report stays.
   *
   * @param chosen by the user; without it, a new one under `reports/` with the time as its name.
   * @param flag by which the user chose it.
   * @throws {UsageError} when another run uses it, or it holds anything that is not of a report; {InfrastructureError}
   *   when nothing can be written there.
   */
  static async reserve(
    root: string,
    chosen: string | undefined,
    flag: '--report' | '--out' = '--report',
  ): Promise<ReportDirectory> {
    const path = resolve(chosen ?? join(defaultReports(root), timeStamp(new Date())));
    const wasThere = await exists(path);
    makeDirectory(path);
    const foreign = foreignAmong(await readdir(path));
    if (foreign.length > 0) {
      throw new UsageError(`${flag} ${path} holds other things (${foreign.slice(0, 3).join(', ')}).`, {
        hint: 'Give a directory that is new, empty, or holds an earlier report, which is then replaced.',
      });
    }
    const lock = await lockReport(path).catch((error: unknown) => {
      throw unwritable(path, flag, error);
    });
    if (lock !== undefined) return new ReportDirectory(path, lock, wasThere);
    throw new UsageError(`Another run is writing its report to ${path}.`, {
      hint: `Wait for its end, or give each run a directory of its own with ${flag}.`,
    });
  }

  /** Removes the earlier report. */
  async clear(): Promise<void> {
    await Promise.all(
      PARTS_AND_LEFTOVERS.map((part) => rm(join(this.path, part), { recursive: true, force: true })),
    );
  }

  /** A run that ends before there is anything to report leaves no new directory behind. */
  [Symbol.dispose](): void {
    this.#lock.release();
    if (this.#wasThere) return;
    try {
      rmdirSync(this.path);
    } catch {
      // It holds a report.
    }
  }
}

/** Where the reports of runs go that were given no directory, each with the time as its name. */
export function defaultReports(root: string): string {
  return join(root, 'reports');
}

/** Whether a run that was given no directory would call one so. */
export function isDefaultName(name: string): boolean {
  return DEFAULT_NAME.test(name);
}

/** Of what is in a directory, that which no report has. */
export function foreignAmong(names: readonly string[]): string[] {
  const known = [...PARTS_AND_LEFTOVERS, LOCK];
  return names.filter((name) => !known.includes(name));
}

/** @returns undefined when a run writes its report there. */
export function lockReport(path: string): Promise<HeldLock | undefined> {
  return tryLock(join(path, LOCK));
}

function unwritable(path: string, flag: string, error: unknown): InfrastructureError {
  if (error instanceof InfrastructureError) return error;
  return new InfrastructureError(`Cannot write to the report directory ${path}: ${messageOf(error)}.`, {
    cause: error,
    hint: `Give another directory with ${flag}.`,
  });
}

/** "20261122T210512Z-4711": runs that start in the same second differ by their process. */
function timeStamp(now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${process.pid}`;
}
