import { expect, test } from 'vitest';

import { SystemMap } from './system-map.ts';

const symbols = new SystemMap(
  [
    'ffffffff81000000 T _text',
    'ffffffff81000010 t once',
    'ffffffff81000020 t twice',
    'ffffffff81000030 t twice',
    'ffffffff81000040 t split.constprop.0',
    'ffffffff81000050 D data',
    '',
  ].join('\n'),
);

test('a function that the kernel has once can be replaced', () => {
  expect(symbols.objectionTo('once')).toBeUndefined();
});

test.each([
  ['twice', 'the kernel has 2 functions "twice"'],
  ['split', 'the compiler has split "split" up into split.constprop.0'],
  ['data', 'the kernel has no function "data"; the compiler may have inlined it into its callers'],
  ['gone', 'the kernel has no function "gone"; the compiler may have inlined it into its callers'],
])('why %s can not be replaced is said', (name, objection) => {
  expect(symbols.objectionTo(name)).toBe(objection);
});

test('addresses are those of the file', () => {
  expect(symbols.addressOf('once')).toBe(0xffffffff81000010n);
  expect(symbols.addressOf('gone')).toBeUndefined();
});
