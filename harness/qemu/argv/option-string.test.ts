import fc from 'fast-check';
import { expect, it } from 'vitest';

import { optionString } from './option-string.ts';

/** How QEMU takes an option apart: util/keyval.c, "a doubled comma stands for itself". */
function parse(option: string): string[] {
  return option
    .replaceAll(',,', '\0')
    .split(',')
    .map((part) => part.replaceAll('\0', ','));
}

it('carries any text so that QEMU reads the same', () => {
  const text = fc.string().filter((value) => !value.includes('\0'));
  fc.assert(
    fc.property(text, text, (first, second) => {
      expect(parse(optionString('file', { a: first, b: second }))).toEqual([
        'file',
        `a=${first}`,
        `b=${second}`,
      ]);
    }),
  );
});

it('leaves out what is undefined and writes switches as QEMU wants them', () => {
  expect(optionString('', { server: true, wait: false, logfile: undefined, n: 0 })).toBe(
    'server=on,wait=off,n=0',
  );
});

it('refuses a zero byte', () => {
  expect(() => optionString('file', { path: 'a\0b' })).toThrow(/zero byte/);
});
