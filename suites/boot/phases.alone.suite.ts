import { bootFinished, coldSuite, expect, measure, median, step, within } from '../../harness/index.ts';

const COLD_BOOTS = 3;
/** From power-on to the first answer of the host API, under KVM on the reference host. */
const API_BUDGET_MS = 5000;

const test = coldSuite({ requires: ['bridge', 'report.boot-time'] });

test('every phase of a cold boot is measured, and the host API answers in time', async ({ machines }) => {
  const samples = { firmware: [], loader: [], kernel: [], userspace: [], api: [] } as Record<Phase, number[]>;
  for (let boot = 1; boot <= COLD_BOOTS; boot += 1) {
    await step(`cold boot ${boot} of ${COLD_BOOTS}`, async () => {
      await using vm = await machines.boot();
      await bootFinished(vm, within(30_000, 'all units to start'));
      const told = await vm.api.report.bootTime({ deadline: within(5000, 'the boot-time report') });
      samples.firmware.push(measured(told.firmware_ms));
      samples.loader.push(measured(told.loader_ms));
      samples.kernel.push(measured(told.kernel_ms));
      samples.userspace.push(measured(told.userspace_ms));
      samples.api.push(measured(vm.timeline.marks.api));
    });
  }
  for (const [phase, values] of Object.entries(samples)) measure(phase, 'ms', values);
  expect(median(samples.api)).toBeLessThan(within(API_BUDGET_MS, 'the host API').timeoutMs);
});

type Phase = 'firmware' | 'loader' | 'kernel' | 'userspace' | 'api';

function measured(ms: number | null | undefined): number {
  expect(ms).toBeGreaterThan(0);
  return Number(ms);
}
