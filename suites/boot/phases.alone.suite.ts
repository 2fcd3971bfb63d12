import { expect, measure, median, scaled, step, suite } from '../../harness/index.ts';

const COLD_BOOTS = 3;
/** From power-on to the first answer of the host API, under KVM on the reference host. */
const API_BUDGET_MS = 5000;

const test = suite();

test('the host API answers in time after power-on', async ({ machines }) => {
  const samples = { firmware: [], loader: [], kernel: [], userspace: [], api: [] } as Record<Phase, number[]>;
  for (let boot = 1; boot <= COLD_BOOTS; boot += 1) {
    await step(`cold boot ${boot} of ${COLD_BOOTS}`, async () => {
      await using vm = await machines.boot();
      await vm.waitForBoot();
      const reported = await vm.api.report.bootTime();
      samples.firmware.push(measured(reported.firmware_ms));
      samples.loader.push(measured(reported.loader_ms));
      samples.kernel.push(measured(reported.kernel_ms));
      samples.userspace.push(measured(reported.userspace_ms));
      samples.api.push(measured(vm.timeline.marks.api));
    });
  }
  for (const [phase, values] of Object.entries(samples)) measure(phase, 'ms', values);
  expect(median(samples.api)).toBeLessThan(scaled(API_BUDGET_MS));
});

type Phase = 'firmware' | 'loader' | 'kernel' | 'userspace' | 'api';

function measured(ms: number | null | undefined): number {
  expect(ms).toBeGreaterThan(0);
  return Number(ms);
}
