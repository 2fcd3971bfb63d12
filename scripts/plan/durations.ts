import { fileRunKey } from '../../harness/report/file-run.ts';
import type { RunReport } from '../../harness/report/schema.ts';
import { groupBy } from '../../harness/util/group.ts';
import { median } from '../../harness/util/numbers/statistics.ts';
import type { Cell } from './schema.ts';

/** Of a suite file of which no run is known: about the median of all. */
export const DEFAULT_CELL_MS = 120_000;
/** Nothing is free: with zeros, shards could stay empty. */
const MIN_CELL_MS = 1000;

type Place = Pick<Cell, 'target' | 'file'>;

/** What earlier runs took. */
export class Durations {
  readonly #ofCells = new Map<string, number>();
  readonly #ofFiles = new Map<string, number>();

  /** @param reports of any number of runs; the median counts. */
  constructor(reports: readonly RunReport[]) {
    const runs = reports.flatMap(fileRuns);
    for (const [key, some] of groupBy(runs, keyOf)) this.#ofCells.set(key, medianOf(some));
    for (const [file, some] of groupBy(runs, (run) => run.file)) this.#ofFiles.set(file, medianOf(some));
  }

  estimate(cell: Place): Pick<Cell, 'estimateMs' | 'basis'> {
    const recorded = this.#ofCells.get(keyOf(cell));
    if (recorded !== undefined) return { estimateMs: Math.max(recorded, MIN_CELL_MS), basis: 'recorded' };
    const elsewhere = this.#ofFiles.get(cell.file);
    if (elsewhere !== undefined) {
      return { estimateMs: Math.max(elsewhere, MIN_CELL_MS), basis: 'other-target' };
    }
    return { estimateMs: DEFAULT_CELL_MS, basis: 'default' };
  }
}

interface FileDuration extends Place {
  readonly durationMs: number;
}

/** Runs of files that went well: what fails often ends too early or at a limit. */
function fileRuns({ tests, fileSteps }: RunReport): FileDuration[] {
  return [...groupBy(tests, fileRunKey).values()].flatMap((ofRun) => {
    const [first] = ofRun;
    if (first === undefined || ofRun.some(({ state }) => state === 'failed')) return [];
    const { target, file, repetition } = first;
    // Steps outside of tests don't say which repetition they belong to.
    const outside =
      repetition > 1 ? [] : fileSteps.filter((step) => step.file === file && step.target === target);
    return [{ target, file, durationMs: sum(ofRun) + sum(outside) }];
  });
}

function sum(items: readonly { durationMs: number | null }[]): number {
  return items.reduce((total, { durationMs }) => total + (durationMs ?? 0), 0);
}

function medianOf(runs: readonly FileDuration[]): number {
  return Math.round(median(runs.map(({ durationMs }) => durationMs)));
}

function keyOf({ target, file }: Place): string {
  return `${target} ${file}`;
}
