import { expect, test } from 'vitest';

import { parseCriLog } from './cri-log.ts';

const line = (stream: string, tag: string, text: string): string =>
  `2026-11-30T06:00:00.000000001Z ${stream} ${tag} ${text}\n`;

test('lines keep their stream and their text, blanks and all', () => {
  const file = line('stdout', 'F', 'one  two ') + line('stderr', 'F', '');
  expect(parseCriLog(file)).toEqual([
    { stream: 'stdout', text: 'one  two ' },
    { stream: 'stderr', text: '' },
  ]);
});

test('pieces of one line are put together, whatever came between', () => {
  const file = line('stdout', 'P', 'one ') + line('stderr', 'F', 'other') + line('stdout', 'F', 'line');
  expect(parseCriLog(file)).toEqual([
    { stream: 'stderr', text: 'other' },
    { stream: 'stdout', text: 'one line' },
  ]);
});

test('a line that is still being written is left for the next time', () => {
  expect(parseCriLog(`${line('stdout', 'F', 'whole')}2026-11-30T06:00`)).toEqual([
    { stream: 'stdout', text: 'whole' },
  ]);
});

test('what is no log is refused', () => {
  expect(() => parseCriLog('hello\n')).toThrow("not CRI's: hello");
});
