import { expect, test } from 'vitest';

import { deferred } from '../../util/deferred.ts';
import { scriptedMachine } from '../testing/scripted-machine.ts';
import { CrashWatch } from './crash-watch.ts';
import { followBoots } from './follow-boots.ts';
import { followLife } from './life.ts';
import { Health } from './verdict/health.ts';

type Exit = Awaited<Parameters<typeof followLife>[0]['process']['exited']>;

const MARKS = [['loader', /^loader$/]] as const;

test('a life has its boots, what was found, and its end', async () => {
  const { connections, say, raise } = await scriptedMachine();
  const exited = deferred<Exit>();
  let ms = 0;
  const now = (): number => ms;
  const health = new Health(() => '');
  const watch = new CrashWatch(connections, health, () => '', { now });
  const boots = followBoots(connections, { now, marks: MARKS, isFork: false });
  const life = followLife({ now, noted: undefined, process: { exited: exited.promise } }, watch, boots);

  say('loader\n');
  await connections.console.waitFor(/^loader$/);
  ms = 40;
  const reset = connections.qmp.events.next('event', new AbortController().signal);
  raise('RESET');
  await reset;
  await expect.poll(() => life().findings).toHaveLength(1);
  expect(life()).toMatchObject({
    ...{ endedAtMs: null, isFork: false },
    boots: [
      { startedAtMs: 0, marks: { firmware: 0, loader: 0 } },
      { startedAtMs: 40, marks: {} },
    ],
    findings: [{ kind: 'unexpected-reset', severity: 'fatal', title: 'it reset itself', atMs: 40 }],
  });

  ms = 90;
  exited.resolve({ code: 0, signal: null, stderr: '' } as unknown as Exit);
  await expect.poll(() => life().endedAtMs).toBe(90);
});

test('what a fork says before its first reset is no boot', async () => {
  const { connections, say, raise } = await scriptedMachine();
  const boots = followBoots(connections, { now: () => 0, marks: MARKS, isFork: true });
  say('loader\n');
  await connections.console.waitFor(/^loader$/);
  expect(boots.present.timeline.marks).toEqual({});
  const reset = connections.qmp.events.next('event', new AbortController().signal);
  raise('RESET');
  await reset;
  say('again\nloader\n');
  await connections.console.waitFor(/^loader$/, undefined, { from: boots.present.firstLine });
  expect(boots.timelines.map(({ marks }) => marks)).toEqual([{}, { firmware: 0, loader: 0 }]);
});
