import { expect, test } from 'vitest';

import { Speakers, utterancesOf } from './speaker.ts';

const NO_ENTRY = {
  ...{ priority: 4, unit: undefined, identifier: 'kernel', realtimeUs: 0, bootId: 'a', raw: {} },
};

test.each([
  ['[    1.000000] BUG: it', 'kernel', 'BUG: it'],
  ['[   12.345678][  T123] BUG: it', 'kernel', 'BUG: it'],
  ['login: [   12.345678] BUG: it', 'kernel', 'BUG: it'],
  ['[    1.000000] systemd[1]: Started it.', 'init', 'systemd[1]: Started it.'],
  ['[    1.000000] systemd[7]: Started it.', 'program', 'systemd[7]: Started it.'],
  ['[    1.000000] a name[7]: says it', 'program', 'a name[7]: says it'],
  ['[  OK  ] Started it.', 'init', '[  OK  ] Started it.'],
  ['BUG: it', 'unknown', 'BUG: it'],
  ['<4>BUG: it', 'unknown', 'BUG: it'],
  ['<4>[   12.345678] BUG: it', 'kernel', 'BUG: it'],
  ['Jan  2 03:04:05 host kernel: BUG: it', 'unknown', 'BUG: it'],
])('"%s" is said by: %s', (line, speaker, text) => {
  expect(new Speakers().of(line)).toMatchObject({ speaker, text });
});

test('a line without a time is a program’s once the kernel prints times', () => {
  const speakers = new Speakers();
  expect(speakers.of('BUG: it').speaker).toBe('unknown');
  speakers.of('[    0.000000] Linux version 7.3.4');
  expect(speakers.of('BUG: it').speaker).toBe('program');
  speakers.reset();
  expect(speakers.of('BUG: it').speaker).toBe('unknown');
});

test('knows which thread or CPU printed a line, and when', () => {
  const speakers = new Speakers();
  expect(speakers.of('[   12.345678][  T123] it')).toMatchObject({ caller: 'T123', seconds: 12.345678 });
  expect(speakers.of('[   12.345678][    C0] it')).toMatchObject({ caller: 'C0' });
  expect(speakers.of('[   12.345678] it').caller).toBeUndefined();
});

test('an entry of the journal is as many lines as it has', () => {
  const entry = { ...NO_ENTRY, origin: 'kernel', message: 'one\ntwo', monotonicUs: 1_500_000 } as const;
  expect(utterancesOf(entry)).toEqual([
    { speaker: 'kernel', text: 'one', seconds: 1.5 },
    { speaker: 'kernel', text: 'two', seconds: 1.5 },
  ]);
});
