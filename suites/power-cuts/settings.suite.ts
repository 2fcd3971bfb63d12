import { bootFinished, coldSuite, expect, measure, step, within } from '../../harness/index.ts';

const test = coldSuite({ requires: ['bridge', 'report.system'] });

test('x', async ({ machines }) => {
  const disk = await machines.record();
  await using vm = await machines.boot({ disk });
  await bootFinished(vm, within(30_000, 'all units to start'));
  disk.mark('commit');
  const deadline = within(10_000, 'a transaction');
  await vm.api.patchSettings({ motd: 'new' }, { deadline });
  await vm.api.tx.commit({ deadline });
  disk.mark('done');
  await vm.powerCut();
  const { requests, marks } = disk.recording();
  const count = (kind: string, from = 0) => requests.filter((r) => r.kind === kind && r.arrivedAt > from).length;
  console.error(marks, count('write'), count('flush'), count('trim'), count('zero'), count('write', marks[0]?.at), count('flush', marks[0]?.at));
  console.error(requests.slice(0, 12), requests.slice(-30));
  expect(1).toBe(2);
});
