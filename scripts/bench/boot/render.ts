import type { TargetRecord } from '../../../harness/report/schema.ts';
import type { Summary } from '../../../harness/util/numbers/statistics.ts';
import { renderTable, SUMMARY_HEADINGS, summaryCells, timesText } from '../table.ts';
import type { BootResult } from './result.ts';

export function renderBoot(target: TargetRecord, result: BootResult): string {
  return [
    `boot of ${target.name} under ${target.accelerator.name}, spawn to first API answer, in ms\n`,
    table('', { boot: result.bootMs, baseline: result.baselineMs }),
    `boot / baseline, medians: ${timesText(result.ratio)}\n`,
    table('phases, as the guest reports them', result.phasesMs),
    table('milestones since spawn, as the host sees them', result.milestonesMs),
  ].join('\n');
}

function table(title: string, summaries: Readonly<Record<string, Summary>>): string {
  const rows = Object.entries(summaries).map(([name, summary]) => [name, ...summaryCells(summary, 0)]);
  return renderTable([[title, ...SUMMARY_HEADINGS], ...rows]);
}
