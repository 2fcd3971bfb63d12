import {
  bootFinished,
  coldSuite,
  expect,
  measure,
  offer,
  step,
  surveyPowerCuts,
  within,
} from '../../harness/index.ts';
import type { Findings, PowerCutCounts } from '../../harness/index.ts';
import { commit } from '../support/settings.ts';
import { makeReady, runningVersion } from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'verity-root', 'user-data.cd-rom'] });

/** Cuts during the recovery from a cut are many; a few of each kind do. */
const RECOVERY_LIMIT = 4;
const MOTD = 'from before the update';
/** One of each class, on a slow host. */
const EXHAUSTIVE_MS = 4 * 3_600_000;

/**
 * What no program asks to have on the disk stays in memory. Else the kernel writes it back when it finds the time, and a
 * flush that is missing shows in one recording and not in the next.
 */
const NO_WRITE_BACK = `
[settings.kernel.sysctl]
"vm.dirty_writeback_centisecs" = "0"
"vm.dirty_background_ratio" = "90"
"vm.dirty_ratio" = "95"
`;

test(
  'an update, cut off anywhere, leaves a machine that starts one of both versions and knows its settings',
  { timeout: EXHAUSTIVE_MS },
  async ({ machines, image, nextImage, exhaustive }) => {
    await using updates = await offer([nextImage]);
    const disk = await machines.record();
    await step('record an update', async () => {
      const userData = [{ channel: 'cd-rom', content: NO_WRITE_BACK } as const];
      await using vm = await machines.boot({ services: [updates], userData, disk });
      await bootFinished(vm, within(30_000, 'all units to start'));
      await commit(vm, { motd: MOTD });
      disk.mark('update');
      await makeReady(vm);
      disk.mark('ready');
      await vm.powerCut();
    });
    const images = [image, nextImage] as const;
    const complaint = ({ settings }: Findings): string | undefined =>
      settings?.['motd'] === MOTD ? undefined : 'The settings are lost.';
    const { bootClasses, readerClasses } = await surveyPowerCuts(disk, { images, from: 'update', complaint });

    const [now, next] = images.map(({ manifest }) => manifest?.os.version);
    const toBoot = exhaustive ? readerClasses : bootClasses;
    const recoveries: PowerCutCounts[] = [];
    const count = (counts: PowerCutCounts): number => recoveries.push(counts);
    for (const state of toBoot) {
      const recovered = await machines.record(state);
      await using vm = await machines.boot({ services: [updates], disk: recovered });
      const version = await runningVersion(vm);
      expect([now, next], state.story).toContain(version);
      await bootFinished(vm, within(30_000, 'all units to start'));
      if (version === now) await step('the update is tried once more', () => makeReady(vm));
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
