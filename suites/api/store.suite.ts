import { changeSettingsStore, expect, suite } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';

const test = suite();

/** What a later version of the OS could have left, in words that this one doesn't know. */
const OF_LATER = { unknown: { split: { key: 'settings.motd' } }, part: { by: 'a later version' } };

interface Store {
  format: number;
  history: { version: string; migrations: unknown[] } & Record<string, unknown>;
  live: Record<string, unknown>;
  [part: string]: unknown;
}

// As after a way back from it. What it put there is there again when the machine is updated once more.
test('the store of a later version is read and kept whole', async ({ vm }) => {
  await commit(vm, { motd: 'set before' });
  const machine = await vm.shutdown();
  await changeSettingsStore(machine.disk, (text) => {
    const { history, ...store } = JSON.parse(text) as Store;
    const operations = [OF_LATER.unknown];
    return JSON.stringify({
      ...{ ...store, format: 2, profiles: OF_LATER.part },
      history: {
        ...{ ...history, version: '99.0.0', signed: OF_LATER.part },
        migrations: [...history.migrations, { version: '98.0.0', operations }],
      },
    });
  });

  const back = await machine.boot();
  await back.waitForBoot();
  expect(await motd(back)).toBe('set before');
  await commit(back, { motd: 'set after' });
  const { disk } = await back.shutdown();
  let kept: Store | undefined;
  await changeSettingsStore(disk, (text) => {
    kept = JSON.parse(text) as Store;
    return text;
  });
  expect(kept).toMatchObject({
    format: 1,
    live: { motd: 'set after' },
    profiles: OF_LATER.part,
    history: { signed: OF_LATER.part },
  });
});

test('a damaged store is kept, and the machine says so', async ({ vm }) => {
  await commit(vm, { motd: 'lost' });
  const machine = await vm.shutdown();
  await changeSettingsStore(machine.disk, (text) => text.slice(0, -100));

  const anew = await machine.boot();
  await anew.waitForBoot();
  const words = /settings store was damaged .* kept as \S+\/store\.json\.corrupt; starting from defaults/;
  await anew.console.waitFor(words);
  await anew.journal.waitFor(({ message }) => words.test(message));
  expect(await anew.api.get('/report/settings')).toMatchObject({
    damaged_store: { reason: expect.stringMatching(/EOF/) as string, kept_as: 'store.json.corrupt' },
  });
  expect(await motd(anew)).toBe('Welcome to Sparkler!');
});
