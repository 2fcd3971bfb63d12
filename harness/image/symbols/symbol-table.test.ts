import { expect, test } from 'vitest';

import { SymbolTable } from './symbol-table.ts';

const LISTING = `
first T 0000000000001000 0000000000000010
first_alias T 0000000000001000 0000000000000010
$x t 0000000000001008
__pi_$d t 000000000000100c
.Lhere t 0000000000001010
absolute a 0000000000001014
undefined U
second t 0000000000001040 0000000000000021
__pi_third T 0000000000001080 0000000000000010
second t 00000000000010c0 0000000000000021
end D 00000000000010f0
`;

const table = new SymbolTable(LISTING);

test('a function reaches up to the next one, whatever labels are in it', () => {
  expect(table.addressOf('first', 0x40n)).toBe(0x1000n);
  expect(table.addressOf('first_alias', 0x40n)).toBe(0x1000n);
  expect(table.addressOf('first', 0x10n)).toBeUndefined();
  expect(table.addressOf('__pi_third', 0x40n)).toBe(0x1080n);
});

test('of two functions of a name the size decides, and nothing if it is the same', () => {
  expect(table.addressOf('second', 0x40n)).toBe(0x1040n);
  expect(table.addressOf('second', 0x30n)).toBe(0x10c0n);
  const twins = new SymbolTable(LISTING.replace('10f0', '1100'));
  expect(twins.addressOf('second', 0x40n)).toBeUndefined();
});
