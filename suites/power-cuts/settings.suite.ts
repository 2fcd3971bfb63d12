import { expect, measure, needs, step, suite, surveyPowerCuts } from '../../harness/index.ts';
import { commit } from '../support/settings.ts';

const test = suite();

test.beforeEach(() => {
  needs('ab-slots');
});

const OLD = 'before the change';
const NEW = 'after the change';

test('an interrupted commit leaves old or new settings', async ({ machines, image, exhaustive }) => {
  const disk = await machines.record();
  await step('record a commit', async () => {
    await using vm = await machines.boot({ disk });
    await vm.waitForBoot();
    await commit(vm, { motd: OLD });
    disk.mark('commit');
    await commit(vm, { motd: NEW });
    disk.mark('committed');
    await vm.powerCut();
  });
  const seen = new Set<unknown>();
  const { bootClasses, readerClasses } = await surveyPowerCuts(disk, {
    images: [image],
    from: 'commit',
    atLeast: { 'distinct states': 10, 'reader classes': 2 },
    complaint: ({ settings }) => {
      const found = settings?.['motd'];
      seen.add(found);
      return found === OLD || found === NEW ? undefined : `The settings are ${JSON.stringify(settings)}.`;
    },
  });
  // Else no cut came between the two.
  expect(seen).toEqual(new Set([OLD, NEW]));
  const toBoot = exhaustive ? readerClasses : bootClasses;
  for (const state of toBoot) {
    await using vm = await machines.boot({ disk: await machines.record(state) });
    const { motd } = await vm.api.settings();
    expect([OLD, NEW], state.description).toContain(motd);
  }
  measure('boots', 'count', toBoot.length);
});

test('an answered commit survives every power cut', async ({ machines, image }) => {
  const disk = await machines.record();
  await using vm = await machines.boot({ disk });
  await vm.waitForBoot();
  await commit(vm, { motd: NEW });
  disk.mark('answered');
  await vm.powerCut();
  await surveyPowerCuts(disk, {
    images: [image],
    from: 'answered',
    complaint: ({ settings }) => (settings?.['motd'] === NEW ? undefined : 'The answered commit is lost.'),
  });
});
