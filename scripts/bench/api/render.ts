import type { TargetRecord } from '../../../harness/report/schema.ts';
import { renderTable, timesText } from '../table.ts';
import { TRANSPORTS } from './machine.ts';
import type { ApiResult } from './result.ts';

const MIB = 2 ** 20;

export function renderApi(target: TargetRecord, { transports, ratio, bulkBytes }: ApiResult): string {
  const count = transports['virtio-serial'].roundTripMs.count;
  const rows = TRANSPORTS.map((transport) => {
    const { roundTripMs, downMibPerS, upMibPerS } = transports[transport];
    return [
      transport,
      ...[roundTripMs.p50, roundTripMs.p99].map((ms) => ms.toFixed(2)),
      ...[downMibPerS.median, upMibPerS.median].map((rate) => rate.toFixed(1)),
    ];
  });
  const ratios = [ratio.p50, ratio.p99, ratio.down, ratio.up].map(timesText);
  return [
    `api of ${target.name} under ${target.accelerator.name}: ${count} small GETs, bodies of ${bulkBytes / MIB} MiB (medians)\n`,
    renderTable([['', 'p50 ms', 'p99 ms', 'down MiB/s', 'up MiB/s'], ...rows, ['ratio', ...ratios]]),
  ].join('\n');
}
