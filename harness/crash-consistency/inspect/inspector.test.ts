import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { faultsOf, flush, inspectAll, NEW, write, writeSlotB } from '../testing/inspected-disk.ts';
import { GOOD, PLACES, privateWith, tables } from '../testing/os-disk.ts';

const MIB = 2 ** 20;

test('an untouched disk starts what it holds, with its settings', async () => {
  const [{ findings } = {}] = await inspectAll(() => Promise.resolve());
  expect(findings).toMatchObject({
    slots: [{ name: 'A', version: '1.0.0' }],
    settings: { motd: 'old' },
    faults: [],
  });
});

test('an update is invisible until its slot may be tried: all those states are one to a reader', async () => {
  const seen = await inspectAll((disk) => writeSlotB(disk, NEW));
  expect(seen.length).toBeGreaterThan(5);
  expect(new Set(seen.map(({ findings }) => findings.readerClass)).size).toBe(1);
});

test('a slot of the right content, but with names that its kernel does not look for, is not whole', async () => {
  const seen = await inspectAll(async (disk) => {
    for (const { offset, bytes } of tables({ A: GOOD, B: 0n }, { A: NEW })) {
      await write(disk, offset, bytes);
      await flush(disk);
    }
  });
  expect(faultsOf(seen)).toContain('The loader may try slot A, which holds no known version whole.');
});

describe('PRIVATE', () => {
  test('reads the settings of the state, old or new', async () => {
    const content = await privateWith({ motd: 'new' });
    const seen = await inspectAll(async (disk) => {
      await flush(disk);
      await write(disk, PLACES['BOTTLEROCKET-PRIVATE'] * MIB, content);
      await flush(disk);
    });
    expect(seen.at(0)?.findings.settings).toEqual({ motd: 'old' });
    expect(seen.map(({ findings }) => findings.settings)).toContainEqual({ motd: 'new' });
  });

  test('is examined as it would be mounted in each state', async () => {
    const content = await privateWith({ motd: 'new' });
    const seen = await inspectAll((disk) => write(disk, PLACES['BOTTLEROCKET-PRIVATE'] * MIB, content), {
      examine: async (read) => [String(await read('/datastore/store.json')), await read('/nothing')],
    });
    for (const { findings } of seen.filter(({ findings: { settings } }) => settings !== undefined)) {
      const motd = String(findings.settings?.['motd']);
      expect(findings.examined).toEqual([expect.stringContaining(`"motd":"${motd}"`), undefined]);
    }
    expect(seen.map(({ findings: { settings } }) => settings)).toContainEqual({ motd: 'new' });
  });

  test('is the same to a reader whatever its free blocks hold, and another with another file', async () => {
    const classes = async (offset: number, bytes: Buffer): Promise<number> => {
      const seen = await inspectAll((disk) =>
        write(disk, PLACES['BOTTLEROCKET-PRIVATE'] * MIB + offset, bytes),
      );
      return new Set(seen.map(({ findings }) => findings.readerClass)).size;
    };
    expect(await classes(4 * MIB - 4096, randomBytes(4096))).toBe(1);
    expect(await classes(0, await privateWith({ motd: 'old', other: 'new' }))).toBeGreaterThan(1);
  });

  test.each([
    [
      'a store that was cut short',
      () => privateWith('{"format":1,"live":{"mo'),
      /store\.json is no settings store/,
    ],
    ['no file system any more', () => Buffer.alloc(4 * MIB), /BOTTLEROCKET-PRIVATE can't be mended/],
  ])('with %s is a fault', async (_what, content, fault) => {
    const bytes = await content();
    const seen = await inspectAll((disk) => write(disk, PLACES['BOTTLEROCKET-PRIVATE'] * MIB, bytes));
    expect(faultsOf(seen).join('\n')).toMatch(fault);
  });
});
