import { expect, livepatchSuite, measure, step, surveyPowerCuts } from '../../harness/index.ts';
import type { CrashState } from '../../harness/index.ts';
import { expectHealthyKernel, kernelVersion, waitUntilProven } from './support/kernel.ts';
import { examineRecord, type Recorded } from './support/record.ts';

const test = livepatchSuite();

/** Applied long before the power goes. */
const PROVEN = 'stacked-1';
/** Applied while it goes. */
const NEW = 'stacked-2';
/** Each kind of state that is booted takes a boot; on a slow host they are many. */
const SURVEY_MS = 4 * 3_600_000;

test(
  'a power cut while a patch is applied harms nothing',
  { timeout: SURVEY_MS },
  async ({ machines, repository, image }) => {
    const disk = await machines.record();
    await step('record a patch that is applied', async () => {
      await using vm = await machines.boot({ services: [repository], disk });
      await vm.waitForBoot();
      const { livepatches } = vm.api;
      await livepatches.apply(PROVEN);
      await waitUntilProven(vm, PROVEN);
      disk.mark('apply');
      await livepatches.apply(NEW);
      disk.mark('answered');
      await waitUntilProven(vm, NEW);
      await vm.powerCut();
    });
    const options = { images: [image] as const, examine: examineRecord };
    /** A state of each kind, by what the next boot finds in the record. */
    const kinds = new Map<string, CrashState>();
    await surveyPowerCuts(disk, {
      ...{ ...options, from: 'apply', atLeast: { 'distinct states': 5 } },
      complaint: ({ examined }, state) => {
        const record = examined as Recorded;
        kinds.set(record.of(NEW), state);
        return record.complaint ?? (record.of(PROVEN) === 'wanted' ? undefined : `${PROVEN} is lost.`);
      },
    });
    expect([...kinds.keys()].sort()).toEqual(['on trial', 'unknown', 'wanted']);
    await surveyPowerCuts(disk, {
      ...{ ...options, from: 'answered', count: () => undefined },
      complaint: ({ examined }) =>
        (examined as Recorded).of(NEW) === 'unknown' ? `${NEW} was applied and is lost.` : undefined,
    });

    for (const [kind, state] of kinds) {
      await using vm = await machines.boot({ services: [repository], disk: await machines.record(state) });
      await vm.waitForBoot();
      // What was on trial when the machine stopped may be why it did.
      expect(await kernelVersion(vm), kind).toContain(kind === 'wanted' ? '(patch 2)' : '(patch 1)');
      if (kind === 'on trial') {
        const { reason } = await vm.api.livepatches.waitFor(NEW, 'refused');
        expect(reason).toContain('the machine crashed');
      }
      await expectHealthyKernel(vm);
    }
    measure('boots', 'count', kinds.size);
  },
);
