import { groupBy } from '../../harness/util/group.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { balance } from './balance.ts';
import { cellsOf, suiteName, type Matrix } from './cells.ts';
import type { KindContent } from './content.ts';
import type { Durations } from './durations.ts';
import { PLAN_VERSION, type Cell, type Plan } from './schema.ts';

/**
 * Everything that a kind of run consists of, dealt out to `total` machines, or to fewer when not all is wanted. The same arguments give the same plan.
 *
 * @throws {UsageError} when there are more shards than cells, or the content names what is not there.
 */
export async function makePlan(
  kind: string,
  { gates, ...content }: KindContent,
  total: number,
  { matrix, durations }: { readonly matrix: Matrix; readonly durations: Durations },
): Promise<Plan> {
  const { cells, images, omissions } = await cellsOf(content, matrix);
  // Of what a change touches, there may be any number.
  const count = matrix.wants === undefined ? total : Math.min(total, cells.length);
  if (count > cells.length) {
    throw new UsageError(`--shards ${total} is too many: there are ${cells.length} cells to share out.`);
  }
  const estimated = cells.map((cell) => ({ ...cell, ...durations.estimate(cell) }));
  // Of a shard's targets, the one that the content has first runs first.
  const order = [...images.keys()];
  const shards = balance(estimated, count).map(({ items, estimateMs }, position) => {
    const byFlags = [...groupBy(items, ({ flags }) => flags)].sort(
      ([a], [b]) => order.indexOf(a) - order.indexOf(b),
    );
    const reports = reportsOf(kind, position + 1, count);
    return {
      index: position + 1,
      estimateMs,
      cells: [...items],
      images: [...new Set(byFlags.map(([flags]) => images.get(flags) ?? ''))],
      commands: commandsFor(byFlags, reports),
      reports,
    };
  });
  return { planVersion: PLAN_VERSION, kind, gates, shards, omissions };
}

/** The directory for the reports of a shard; relative to the checkout. */
export function reportsOf(kind: string, index: number, count: number): string {
  return `reports/${kind}/${index}-of-${count}`;
}

/** One for each target, since each may have suite files of its own. */
function commandsFor(
  cellsByFlags: readonly (readonly [flags: string, cells: readonly Cell[]])[],
  reports: string,
): string[] {
  const taken = new Set<string>();
  return cellsByFlags.map(([flags, some]) => {
    const name = `${reports}/${some[0]?.target.replaceAll('/', '-') ?? ''}`;
    let report = name;
    for (let count = 2; taken.has(report); count += 1) report = `${name}-${count}`;
    taken.add(report);
    return `npm test -- ${flags} --suite ${some.map(suiteName).join(',')} --report ${report}`;
  });
}
