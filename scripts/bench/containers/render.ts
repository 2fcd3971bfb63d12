import type { TargetRecord } from '../../../harness/report/schema.ts';
import { renderTable, timesText } from '../table.ts';
import type { ContainersResult, Percentiles } from './result.ts';

const MIB = 2 ** 20;

export function renderContainers(target: TargetRecord, result: ContainersResult): string {
  const times: Record<string, Percentiles> = { ...result.stepsMs, baseline: result.callMs };
  const rows = Object.entries(times).map(([name, { count, p50, p99 }]) => [
    ...[name, String(count), p50.toFixed(0), p99.toFixed(0)],
  ]);
  return [
    `containers of ${target.name} under ${target.accelerator.name}, in ms\n`,
    renderTable([['', 'count', 'p50', 'p99'], ...rows]),
    `baseline: a call that lists the containers. runc alone can't be the baseline: nothing on the root starts it but the runtime\n`,
    `create to first output / baseline, medians: ${result.startedMs.toFixed(0)} ms, ${timesText(result.ratio)}\n`,
    `containers a second, ten at once: ${result.perSecond.toFixed(2)}\n`,
    `memory of an idle container, with all that the guest needs for it: ${(result.idleBytes / MIB).toFixed(1)} MiB\n`,
  ].join('\n');
}
