import { describe, expect, test } from 'vitest';

import type { GptTable } from '../disk/gpt/table.ts';
import { bootOrder, hasEverBooted, nextSlot, readSlot, slotFlags, validSlots } from './slots.ts';

describe('slotFlags', () => {
  test.each([
    [0x0101000000000000n, { priority: 1, triesLeft: 0, successful: true }],
    [0x0010000000000000n, { priority: 0, triesLeft: 1, successful: false }],
    [0x0012000000000000n, { priority: 2, triesLeft: 1, successful: false }],
    [0x02f3000000000000n, { priority: 3, triesLeft: 15, successful: false }],
  ])('decodes %s', (attributes, flags) => {
    expect(slotFlags(attributes)).toEqual(flags);
  });
});

describe('nextSlot', () => {
  test.each([
    ['a fresh image', 0x0101000000000000n, 0n, 'A'],
    ['an update to try', 0x0101000000000000n, 0x0012000000000000n, 'B'],
    ['an update that used its try', 0x0101000000000000n, 0x0002000000000000n, 'A'],
    ['an update that proved itself', 0x0101000000000000n, 0x0102000000000000n, 'B'],
    ['a tie', 0x0101000000000000n, 0x0101000000000000n, 'A'],
    ['successful, but of priority 0', 0x0100000000000000n, 0n, undefined],
  ])('%s', (_what, a, b, expected) => {
    expect(nextSlot(table(a, b))?.name).toBe(expected);
  });

  test('a slot names its three partitions', () => {
    const { boot, root, hash } = readSlot(table(0n, 0n), 'B');
    expect([boot, root, hash].map(({ label }) => label)).toEqual([
      'BOTTLEROCKET-BOOT-B',
      'BOTTLEROCKET-ROOT-B',
      'BOTTLEROCKET-HASH-B',
    ]);
  });

  test('the order is that of priorities, over the slots that may boot', () => {
    const order = (a: bigint, b: bigint): string =>
      bootOrder(table(a, b))
        .map(({ name }) => name)
        .join('');
    expect(order(0x0101000000000000n, 0x0102000000000000n)).toBe('BA');
    expect(order(0x0102000000000000n, 0x0011000000000000n)).toBe('AB');
    expect(order(0x0003000000000000n, 0x0101000000000000n)).toBe('B');
    expect(order(0x0100000000000000n, 0x0010000000000000n)).toBe('');
  });

  test('a slot without priority is valid, but for one that has neither success nor tries', () => {
    const valid = (a: bigint): number => validSlots(table(a, 0n)).length;
    expect([0x0100000000000000n, 0x0010000000000000n, 0x000f000000000000n].map(valid)).toEqual([1, 1, 0]);
  });
});

test('hasEverBooted is bit 57 of PRIVATE', () => {
  expect(hasEverBooted(table(0n, 0n, 0x0200000000000000n))).toBe(true);
  expect(hasEverBooted(table(0n, 0n, 0x0100000000000000n))).toBe(false);
});

function table(a: bigint, b: bigint, attributesOfPrivate = 0n): GptTable {
  const attributes: Record<string, bigint> = { 'BOOT-A': a, 'BOOT-B': b, PRIVATE: attributesOfPrivate };
  const labels = ['BOOT-A', 'ROOT-A', 'HASH-A', 'BOOT-B', 'ROOT-B', 'HASH-B', 'PRIVATE'];
  return {
    diskGuid: '',
    diskSizeBytes: 0,
    sectorBytes: 512,
    grownBytes: 0,
    faults: { primary: undefined, backup: undefined },
    copiesAgree: true,
    partitions: labels.map((label, index) => ({
      ...{
        number: index + 1,
        label: `BOTTLEROCKET-${label}`,
        typeGuid: '',
        guid: '',
        firstByte: 0,
        sizeBytes: 0,
      },
      attributes: attributes[label] ?? 0n,
    })),
  };
}
