import { expect, test } from 'vitest';

import { Speakers } from './speaker.ts';

test.each([
  ['[    1.000000] BUG: it', 'kernel', 'BUG: it'],
  ['[   12.345678][  T123] BUG: it', 'kernel', 'BUG: it'],
  ['login: [   12.345678] BUG: it', 'kernel', 'BUG: it'],
  ['[    1.000000] systemd[1]: Started it.', 'init', 'systemd[1]: Started it.'],
  ['[    1.000000] systemd[7]: Started it.', 'program', 'systemd[7]: Started it.'],
  ['[    1.000000] a name[7]: says it', 'program', 'a name[7]: says it'],
  ['[  OK  ] Started it.', 'init', '[  OK  ] Started it.'],
  ['BUG: it', 'unknown', 'BUG: it'],
])('"%s" is said by: %s', (line, speaker, text) => {
  expect(new Speakers().of(line)).toEqual({ speaker, text });
});

test('a line without a time is a program’s once the kernel prints times', () => {
  const speakers = new Speakers();
  expect(speakers.of('BUG: it').speaker).toBe('unknown');
  speakers.of('[    0.000000] Linux version 7.3.4');
  expect(speakers.of('BUG: it').speaker).toBe('program');
  speakers.reset();
  expect(speakers.of('BUG: it').speaker).toBe('unknown');
});
