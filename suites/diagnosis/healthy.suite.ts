import { expect, step, suite } from '../../harness/index.ts';

const BOOTS = { sampled: 2, exhaustive: 20 };
/** For each boot, to its end, of an emulated machine on a busy host. */
const BOOT_MS = 120_000;

const test = suite();

test(
  'a healthy machine shows nothing to find, however often it boots',
  { timeout: BOOTS.exhaustive * BOOT_MS },
  async ({ machines, exhaustive }) => {
    const boots = exhaustive ? BOOTS.exhaustive : BOOTS.sampled;
    for (let boot = 1; boot <= boots; boot += 1) {
      await step(`boot ${boot} of ${boots}`, async () => {
        await using vm = await machines.boot();
        await vm.waitForBoot();
        await vm.shutdown();
        expect(vm.noted).toEqual([]);
      });
    }
  },
);
