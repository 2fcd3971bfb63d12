import {
  bootFinished,
  coldSuite,
  expect,
  measure,
  step,
  surveyPowerCuts,
  within,
} from '../../harness/index.ts';
import { commit } from '../support/settings.ts';

const test = coldSuite({ requires: ['bridge', 'ab-slots'] });

const OLD = 'before the change';
const NEW = 'after the change';

test('a commit of settings, cut off anywhere, leaves the old ones or the new ones', async ({
  machines,
  image,
  exhaustive,
}) => {
  const disk = await machines.record();
  await step('record a commit', async () => {
    await using vm = await machines.boot({ disk });
    await bootFinished(vm, within(30_000, 'all units to start'));
    await commit(vm, { motd: OLD });
    disk.mark('commit');
    await commit(vm, { motd: NEW });
    disk.mark('committed');
    await vm.powerCut();
  });
  const { bootClasses, readerClasses } = await surveyPowerCuts(disk, {
    images: [image],
    from: 'commit',
    complaint: ({ settings }) =>
      settings?.['motd'] === OLD || settings?.['motd'] === NEW
        ? undefined
        : `The settings are ${JSON.stringify(settings)}.`,
  });
  const toBoot = exhaustive ? readerClasses : bootClasses;
  for (const state of toBoot) {
    await using vm = await machines.boot({ disk: await machines.record(state) });
    const { motd } = await vm.api.settings({ deadline: within(10_000, 'the settings') });
    expect([OLD, NEW], state.story).toContain(motd);
  }
  measure('boots', 'count', toBoot.length);
});

test('a commit that was answered outlives every cut', async ({ machines, image }) => {
  const disk = await machines.record();
  await using vm = await machines.boot({ disk });
  await bootFinished(vm, within(30_000, 'all units to start'));
  await commit(vm, { motd: NEW });
  disk.mark('answered');
  await vm.powerCut();
  await surveyPowerCuts(disk, {
    images: [image],
    from: 'answered',
    complaint: ({ settings }) => (settings?.['motd'] === NEW ? undefined : 'The answered commit is lost.'),
  });
});
