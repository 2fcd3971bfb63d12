import { expect, measure, step, surveyPowerCuts, updateSuite } from '../../harness/index.ts';
import type { Findings, PowerCutCounts } from '../../harness/index.ts';
import { commit } from '../support/settings.ts';
import { prepareAndActivate, runningVersion } from '../support/updates.ts';

const test = updateSuite();

/** There are many cuts during the recovery from a cut; a few of each kind are enough. */
const RECOVERY_LIMIT = 4;
const MOTD = 'from before the update';
/**
 * Less than half of what was seen; fewer would mean that a phase of the update is not in the recording. Of the classes
 * that boot there is at least one with the old version first, and one with the new.
 */
const WHOLE_UPDATE = { 'distinct states': 200, 'reader classes': 10, 'boot classes': 2 };
/** One of each class, on a slow host. */
const EXHAUSTIVE_MS = 4 * 3_600_000;

/**
 * What no program flushes stays in memory. Otherwise the kernel writes it back at some time, and a
 * flush that is missing shows in one recording and not in the next.
 */
const NO_WRITE_BACK = `
[settings.kernel.sysctl]
"vm.dirty_writeback_centisecs" = "0"
"vm.dirty_background_ratio" = "90"
"vm.dirty_ratio" = "95"
`;

test(
  'an interrupted update leaves a machine that boots',
  { timeout: EXHAUSTIVE_MS },
  async ({ machines, updates, image, nextImage, exhaustive }) => {
    const disk = await machines.record();
    await step('record an update', async () => {
      const userData = [{ channel: 'cd-rom', content: NO_WRITE_BACK } as const];
      await using vm = await machines.boot({ services: [updates], userData, disk });
      await vm.waitForBoot();
      await commit(vm, { motd: MOTD });
      disk.mark('update');
      await prepareAndActivate(vm);
      disk.mark('answered');
      await vm.powerCut();
    });
    const images = [image, nextImage] as const;
    const complaint = ({ settings }: Findings): string | undefined =>
      settings?.['motd'] === MOTD ? undefined : 'The settings are lost.';
    const [now, next] = images.map(({ manifest }) => manifest?.os.version);
    const all = await surveyPowerCuts(disk, { images, from: 'update', complaint, atLeast: WHOLE_UPDATE });
    const answered = await surveyPowerCuts(disk, {
      ...{ images, from: 'answered', count: () => undefined },
      complaint: (findings) =>
        findings.slots[0]?.version === next
          ? complaint(findings)
          : `The answered activation is lost: ${JSON.stringify(findings.slots)}.`,
    });
    for (const state of answered.bootClasses) {
      await using vm = await machines.boot({ services: [updates], disk: await machines.record(state) });
      expect(await runningVersion(vm), state.description).toBe(next);
    }

    const toBoot = exhaustive ? all.readerClasses : all.bootClasses;
    const recoveries: PowerCutCounts[] = [];
    const count = (counts: PowerCutCounts): number => recoveries.push(counts);
    for (const state of toBoot) {
      const recovered = await machines.record(state);
      await using vm = await machines.boot({ services: [updates], disk: recovered });
      const version = await runningVersion(vm);
      expect([now, next], state.description).toContain(version);
      await vm.waitForBoot();
      if (version === now) await step('the update is tried again', () => prepareAndActivate(vm));
      await vm.powerCut();
      const isLast = state === toBoot.at(-1);
      if (exhaustive || isLast) {
        await surveyPowerCuts(recovered, { images, complaint, limit: RECOVERY_LIMIT, count });
      }
    }
    measure('boots', 'count', toBoot.length);
    for (const name of Object.keys(recoveries[0] ?? {})) {
      measure(
        `${name} of a recovery`,
        'count',
        recoveries.map((counts) => counts[name] ?? 0),
      );
    }
  },
);
