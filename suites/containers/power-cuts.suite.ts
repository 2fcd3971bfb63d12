import { containerSuite, expect, measure, step, surveyPowerCuts } from '../../harness/index.ts';
import { containersOf, WORKLOAD } from '../support/workload.ts';

const test = containerSuite();

/** So many of the states that a machine can distinguish are booted, from the first to the last. */
const BOOTS = 3;
/** A pull flushes often, and each flush has its own losses; a few of each kind are enough. */
const LIMIT = 3;
/** One boot for each, on a slow host. */
const EXHAUSTIVE_MS = 4 * 3_600_000;

test(
  'no power cut leaves half an image that is used',
  { timeout: EXHAUSTIVE_MS },
  async ({ machines, registry, image, exhaustive }) => {
    const disk = await machines.record();
    await step('record a pull', async () => {
      await using vm = await machines.boot({ services: [registry], disk });
      await vm.waitForBoot();
      disk.mark('pull');
      await containersOf(vm, image).pull(WORKLOAD);
      await vm.powerCut();
    });
    const { readerClasses } = await surveyPowerCuts(disk, {
      ...{ images: [image] as const, from: 'pull' },
      ...(!exhaustive && { limit: LIMIT }),
      atLeast: { 'distinct states': 20, 'reader classes': BOOTS },
    });
    const toBoot = exhaustive ? readerClasses : spread(readerClasses, BOOTS);
    let whole = 0;
    for (const state of toBoot) {
      await using vm = await machines.boot({ services: [registry], disk: await machines.record(state) });
      await vm.waitForBoot();
      const containers = containersOf(vm, image);
      if ((await containers.images()).some((name) => name.endsWith('workload:1'))) whole += 1;
      else await containers.pull(WORKLOAD);
      const one = await containers.run({ name: 'one', image: WORKLOAD, args: ['exit', '5'] });
      expect(await one.waitForExit(), state.description).toMatchObject({ exitCode: 5 });
    }
    measure('boots', 'count', toBoot.length);
    measure('boots that find the image', 'count', whole);
  },
);

/** The first, the last, and what is evenly between them. */
function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  const step = (all.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => all[Math.round(index * step)]).filter(
    (one) => one !== undefined,
  );
}
