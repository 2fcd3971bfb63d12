import { suite, expect, measure, median, step, within } from '../../harness/index.ts';

const COLD_BOOTS = 3;

const test = suite();

test('a cold boot is ready within its time', async ({ machines, image }) => {
  const samples: number[] = [];
  for (let boot = 1; boot <= COLD_BOOTS; boot += 1) {
    await step(`cold boot ${boot} of ${COLD_BOOTS}`, async () => {
      await using vm = await machines.boot();
      samples.push(Number(vm.timeline.marks.ready));
    });
  }
  measure('ready', 'ms', samples);
  const { withinMs } = image.profile.ready;
  expect(median(samples)).toBeLessThan(within(withinMs, 'a machine to be ready').timeoutMs);
});
