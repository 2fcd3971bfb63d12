import { duration } from '../../harness/report/render/text.ts';
import { groupBy } from '../../harness/util/group.ts';
import { suiteName } from './cells.ts';
import { PREPARATION_MS } from './balance.ts';
import { DEFAULT_CELL_MS } from './durations.ts';
import type { Omission, Plan } from './schema.ts';

/** The plan as people read it: each shard with its commands, then what is left out and why. */
export function renderPlan({ kind, gates, shards, omissions }: Plan): string {
  const cells = shards.flatMap((shard) => shard.cells);
  const known = (wanted: string): number => cells.filter(({ basis }) => basis === wanted).length;
  const lines = [
    `${kind}: ${cells.length} cells (target x suite file) in ${shards.length} shard${shards.length === 1 ? '' : 's'}`,
    `durations: ${known('recorded')} recorded, ${known('other-target')} taken from another target, ${known('default')} assumed to be ${duration(DEFAULT_CELL_MS)}; preparing a target is assumed to take ${duration(PREPARATION_MS)}`,
    ...(gates.length === 0 ? [] : ['', 'gates, once:', ...gates.map((command) => `  ${command}`)]),
    ...shards.flatMap((shard) => [
      '',
      `shard ${shard.index}/${shards.length}: ${shard.cells.length} cells, about ${duration(shard.estimateMs)} of tests`,
      ...shard.commands.map((command) => `  ${command}`),
    ]),
    ...(omissions.length === 0 ? [] : ['', 'no cell, because no test could run:', ...omitted(omissions)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What it consists of as a script runs it, from top to bottom. */
export function renderCommands({ gates, shards }: Plan): string {
  const images = new Set(shards.flatMap((shard) => shard.images));
  return [...gates, ...images, ...shards.flatMap(({ commands }) => commands)]
    .map((command) => `${command}\n`)
    .join('');
}

function omitted(omissions: readonly Omission[]): string[] {
  const groups = groupBy(omissions, (omission) => `${suiteName(omission)}: ${omission.reason}`);
  return [...groups].map(([what, some]) => `  ${what} (${some.map(({ target }) => target).join(', ')})`);
}
