import type { TargetRecord } from '../../../harness/report/schema.ts';
import { renderTable, SUMMARY_HEADINGS, summaryCells, timesText } from '../table.ts';
import type { ForkResult } from './result.ts';

export function renderFork(target: TargetRecord, result: ForkResult): string {
  const times = {
    fork: result.forkMs,
    'cold boot': result.bootMs,
    loadvm: result.snapshotLoadMs,
    'whole state': result.wholeStateMs,
  };
  const rows = Object.entries(times).map(([name, summary]) => [name, ...summaryCells(summary, 0)]);
  const memory = result.memory.map(({ forks, pssMiB }) => [
    ...[String(forks), pssMiB.toFixed(0), (pssMiB / forks).toFixed(0)],
  ]);
  return [
    `fork of ${target.name} under ${target.accelerator.name}, to the first API answer, in ms\n`,
    renderTable([['', ...SUMMARY_HEADINGS], ...rows]),
    `fork p99: ${result.forkMs.p99.toFixed(0)} ms\n`,
    `boot / fork, medians: ${timesText(result.ratio)}\n`,
    `template: ${result.templateMs.toFixed(0)} ms\n`,
    renderTable([['forks at once', 'Pss MiB', 'each'], ...memory]),
  ].join('\n');
}
