import type { TargetRecord } from '../../../harness/report/schema.ts';
import { renderTable, SUMMARY_HEADINGS, summaryCells, timesText } from '../table.ts';
import type { UpdateResult } from './result.ts';

const MIB = 2 ** 20;

export function renderUpdate(target: TargetRecord, result: UpdateResult): string {
  const times = { update: result.updateMs, ...result.stepsMs, baseline: result.baselineMs };
  const rows = Object.entries(times).map(([name, summary]) => [name, ...summaryCells(summary, 0)]);
  return [
    `update of ${target.name} under ${target.accelerator.name}, refresh to first API answer, in ms\n`,
    renderTable([['', ...SUMMARY_HEADINGS], ...rows]),
    `baseline: as many bytes written directly in the same guest, and a cold boot\n`,
    `update / baseline, medians: ${timesText(result.ratio)}\n`,
    `written: ${(result.writtenBytes.median / MIB).toFixed(1)} MiB\n`,
  ].join('\n');
}
