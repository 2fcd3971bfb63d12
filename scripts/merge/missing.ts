import type { RunReport, TestRecord } from '../../harness/report/schema.ts';
import { suiteName } from '../plan/cells.ts';
import type { Cell, Plan } from '../plan/schema.ts';

type Reported = Pick<RunReport, 'tests' | 'verdict'>;

/**
 * A failure of the infrastructure for each shard of the plan that did not report all of its cells. A run that was interrupted
 * may have left a file half-way, so its cells don't count.
 */
export function missingShards({ shards }: Plan, reports: readonly Reported[]): TestRecord[] {
  const there = reportedCells(reports.filter(({ verdict }) => verdict !== 'interrupted'));
  return shards.flatMap(({ index, cells, commands }) => {
    const missing = cells.filter((cell) => !there.has(keyOf(cell)));
    if (missing.length === 0) return [];
    const shard = `shard ${index}/${shards.length}`;
    const what =
      missing.length === cells.length
        ? `${shard} never reported. Its cells:`
        : `${shard} reported ${cells.length - missing.length} of its ${cells.length} cells. Those that are missing:`;
    const lost = missing.map((cell) => `  ${suiteName(cell)} on ${cell.target}`);
    return [
      lostRecord(shard, [what, ...lost, 'It runs by:', ...commands.map((one) => `  ${one}`)].join('\n')),
    ];
  });
}

/** Whether the reports that were interrupted have nothing that another one does not have whole. */
export function isInterrupted(reports: readonly Reported[]): boolean {
  const whole = reportedCells(reports.filter(({ verdict }) => verdict !== 'interrupted'));
  return reports.some(
    ({ verdict, tests }) =>
      verdict === 'interrupted' && (tests.length === 0 || tests.some((test) => !whole.has(keyOf(test)))),
  );
}

/** Something that should have reported and has not. */
export function lostRecord(target: string, message: string): TestRecord {
  return {
    ...{ suite: 'hotfire', file: 'hotfire', target, repetition: 1, promise: 'every shard reports' },
    ...{ state: 'failed', skipReason: null, startMs: 0, durationMs: 0, quarantine: null, reproduce: null },
    failures: [{ name: 'InfrastructureError', message, stack: null, infrastructure: true }],
    ...{ steps: [], measurements: [], vms: [] },
  };
}

function reportedCells(reports: readonly Reported[]): ReadonlySet<string> {
  return new Set(reports.flatMap(({ tests }) => tests.map(keyOf)));
}

function keyOf({ target, file }: Pick<Cell, 'target' | 'file'>): string {
  return `${target} ${file}`;
}
