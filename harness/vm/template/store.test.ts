import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { leastUseful } from './eviction.ts';
import type { MakeTarget } from '../../util/files/keyed-directories.ts';
import { SnapshotStore } from './store.ts';

const OPTIONS = { signal: new AbortController().signal, waiting: () => undefined };
const HOUR_MS = 3_600_000;
const GIB = 2 ** 30;

const write = ({ directory }: MakeTarget): Promise<void> => writeFile(`${directory}/state`, 'frozen');

describe('the store', () => {
  test('makes an entry once, for all who want it at the same time', async () => {
    const scratch = await scratchDirectory();
    const store = new SnapshotStore(scratch('templates'));
    let made = 0;
    const make = async (target: MakeTarget): Promise<void> => {
      made += 1;
      await write(target);
    };
    const homes = await Promise.all([1, 2, 3].map(() => store.obtain('key', make, OPTIONS)));
    expect(made).toBe(1);
    expect(new Set(homes)).toEqual(new Set([scratch('templates/entries/key')]));
    expect(existsSync(`${homes[0] ?? ''}/state`)).toBe(true);
  });

  test('keeps nothing of what failed', async () => {
    const scratch = await scratchDirectory();
    const store = new SnapshotStore(scratch('templates'));
    const failing = async (target: MakeTarget): Promise<void> => {
      await write(target);
      throw new Error('no boot');
    };
    await expect(store.obtain('key', failing, OPTIONS)).rejects.toThrow('no boot');
    expect(readdirSync(scratch('templates/unfinished'))).toEqual([]);
    await store.obtain('key', write, OPTIONS);
  });

  test('sweeps what a killed maker left, and what was unused for weeks', async () => {
    const scratch = await scratchDirectory();
    const store = new SnapshotStore(scratch('templates'));
    await store.obtain('fresh', write, OPTIONS);
    await store.obtain('old', write, OPTIONS);
    utimesSync(scratch('templates/entries/old'), 1, 1);
    mkdirSync(scratch('templates/unfinished/killed'));
    writeFileSync(scratch('templates/unfinished/killed/memory'), 'half');
    await store.tidy();
    expect(readdirSync(scratch('templates/unfinished'))).toEqual([]);
    expect(readdirSync(scratch('templates/entries'))).toEqual(['fresh']);
  });

  test('keeps what is being made, and what was used again', async () => {
    const scratch = await scratchDirectory();
    const store = new SnapshotStore(scratch('templates'));
    await store.obtain('used', write, OPTIONS);
    utimesSync(scratch('templates/entries/used'), 1, 1);
    await store.obtain('used', write, OPTIONS);
    const slow = async (target: MakeTarget): Promise<void> => {
      await write(target);
      await store.tidy();
      expect(readdirSync(target.directory)).toEqual(['state']);
    };
    await store.obtain('slow', slow, OPTIONS);
    expect(readdirSync(scratch('templates/entries')).sort()).toEqual(['slow', 'used']);
  });

  test('is refused when others could look into it', async () => {
    const scratch = await scratchDirectory();
    mkdirSync(scratch('templates'));
    chmodSync(scratch('templates'), 0o750);
    const open = (): SnapshotStore => new SnapshotStore(scratch('templates'));
    expect(open).toThrow(InfrastructureError);
    expect(open).toThrow(/templates is open to other users \(mode 750\); it must be private/);
  });
});

describe('what is evicted', () => {
  const kept = (name: string, ageHours: number, gib: number) => ({
    ...{ name, usedAtMs: -ageHours * HOUR_MS, bytes: gib * GIB },
  });
  const names = (...all: Parameters<typeof leastUseful>[0]): string[] =>
    leastUseful(all, 0).map(({ name }) => name);

  test('is what was not used for two weeks', () => {
    expect(names(kept('a', 24 * 15, 1), kept('b', 24 * 13, 1))).toEqual(['a']);
  });

  test('is the least recently used beyond eight GiB', () => {
    expect(names(kept('a', 9, 3), kept('b', 8, 3), kept('c', 7, 3))).toEqual(['a']);
  });

  test('is nothing that a run may still be using', () => {
    expect(names(kept('a', 3, 9), kept('b', 1, 9))).toEqual([]);
  });
});
