import type { TargetRecord } from '../../../harness/report/schema.ts';
import { renderTable, SUMMARY_HEADINGS, summaryCells, timesText } from '../table.ts';
import type { LivepatchResult } from './result.ts';

export function renderLivepatch(target: TargetRecord, result: LivepatchResult): string {
  const times = {
    apply: result.applyMs,
    revert: result.revertMs,
    'longest pause': result.pauseMs,
    'baseline pause': result.idlePauseMs,
    update: result.updateMs,
    'its reboot': result.downMs,
  };
  const rows = Object.entries(times).map(([name, summary]) => [name, ...summaryCells(summary, 0)]);
  return [
    `live patches of ${target.name} under ${target.accelerator.name}, request to transition complete, in ms\n`,
    renderTable([['', ...SUMMARY_HEADINGS], ...rows]),
    `longest pause: of containers that count, make requests and keep a connection, while patches are applied and reverted\n`,
    `baseline pause: the same in as much time without a patch: ${timesText(result.pauseRatio)}\n`,
    `update: refresh to the first API answer after the reboot, in the same machines\n`,
    `live patch / update, medians: ${timesText(result.ratio)}\n`,
  ].join('\n');
}
