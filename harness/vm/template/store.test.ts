import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { statfs, writeFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { CannotFreezeError } from '../fork/errors.ts';
import type { MakeTarget } from '../../util/files/keyed-directories.ts';
import { SnapshotStore } from './store.ts';

const OPTIONS = { signal: new AbortController().signal, waiting: () => undefined };
const HOUR_MS = 3_600_000;
const MIB = 2 ** 20;

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

describe('a store on a disk that is full or can not be written', () => {
  const full = async (): Promise<void> => writeFile('/dev/full', 'frozen');
  const failure = (outcome: Promise<string>) => outcome.catch((error: unknown) => error);

  test.for([
    ['as it is made', full, /Cannot keep a template in .*: ENOSPC/],
    ['by what makes it', () => Promise.reject(new InfrastructureError('no boot')), /no boot/],
  ] as const)('blames the host for an entry that fails %s', async ([, make, reason]) => {
    const scratch = await scratchDirectory();
    const error = await failure(new SnapshotStore(scratch('templates')).obtain('key', make, OPTIONS));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error).not.toBeInstanceOf(CannotFreezeError);
    expect(String(error)).toMatch(reason);
  });

  test('blames the host where no entry can be begun', async () => {
    const scratch = await scratchDirectory();
    const store = new SnapshotStore(scratch('templates'));
    writeFileSync(scratch('templates/unfinished'), 'a file');
    const error = await failure(store.obtain('key', write, OPTIONS));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(String(error)).toMatch(/unfinished/);
  });

  test('leaves the reasons of machines that can not be frozen alone', async () => {
    const scratch = await scratchDirectory();
    const make = (): Promise<never> => Promise.reject(new CannotFreezeError('a device'));
    const error = await failure(new SnapshotStore(scratch('templates')).obtain('key', make, OPTIONS));
    expect(error).toBeInstanceOf(CannotFreezeError);
  });

  test('begins nothing for which there is no room, and removes nothing for it', async () => {
    const scratch = await scratchDirectory();
    const store = new SnapshotStore(scratch('templates'));
    await store.obtain('old', write, OPTIONS);
    utimesSync(scratch('templates/entries/old'), new Date(), new Date(Date.now() - 24 * HOUR_MS));
    const make = (): Promise<void> => Promise.reject(new Error('made'));
    const error = await failure(store.obtain('key', make, { ...OPTIONS, neededBytes: 2 ** 60 }));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(String(error)).toMatch(/too full for a template: it may need \d+ bytes in .*, \d+ are available/);
    expect(String(error)).toContain('HOTFIRE_CACHE');
    expect(readdirSync(scratch('templates/entries'))).toEqual(['old']);
  });

  test('makes room by what was not used for long', async () => {
    const scratch = await scratchDirectory();
    const store = new SnapshotStore(scratch('templates'));
    const large = ({ directory }: MakeTarget) => writeFile(`${directory}/memory`, Buffer.alloc(64 * MIB, 1));
    await store.obtain('old', large, OPTIONS);
    utimesSync(scratch('templates/entries/old'), new Date(), new Date(Date.now() - 24 * HOUR_MS));
    // Other programs take and free some of the disk meanwhile, so a little less than what gets free is asked for, again and again.
    for (let attempt = 0; existsSync(scratch('templates/entries/old')) && attempt < 50; attempt += 1) {
      const { bavail, bsize } = await statfs(scratch('templates'));
      const neededBytes = bavail * bsize + 32 * MIB;
      await failure(store.obtain(`new${attempt}`, write, { ...OPTIONS, neededBytes }));
    }
    expect(existsSync(scratch('templates/entries/old'))).toBe(false);
  });
});
