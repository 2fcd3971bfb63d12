import { bootFinished, coldSuite, expect, step, surveyPowerCuts, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';
import { makeReady, runningVersion } from './commands.ts';
import { offer } from './offer.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots', 'verity-root'] });

const MOTD = 'from before the update';

test('an update, cut off anywhere, leaves a machine that starts one of both versions and knows its settings', async ({
  machines,
  image,
  nextImage,
  exhaustive,
}) => {
  await using updates = await offer([nextImage]);
  const disk = await machines.record();
  await step('record an update', async () => {
    await using vm = await machines.boot({ ...updates.machine, disk });
    await bootFinished(vm, within(30_000, 'all units to start'));
    await setMotd(vm);
    disk.mark('update');
    await makeReady(vm);
    disk.mark('ready');
    await vm.powerCut();
  });
  const { bootClasses, readerClasses } = await surveyPowerCuts(disk, {
    images: [image, nextImage],
    from: 'update',
    complaint: ({ settings }) => (settings?.['motd'] === MOTD ? undefined : 'The settings are lost.'),
  });
  const versions = [image, nextImage].map(({ manifest }) => manifest?.os.version);
  for (const state of exhaustive ? readerClasses : bootClasses) {
    await using vm = await machines.boot({ ...updates.machine, disk: await machines.record(state) });
    expect(versions, state.story).toContain(await runningVersion(vm));
  }
});

async function setMotd(vm: Vm): Promise<void> {
  const deadline = within(10_000, 'a transaction');
  await vm.api.patchSettings({ motd: MOTD }, { deadline });
  await vm.api.tx.commit({ deadline });
}
