import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { changedRanges } from '../../disk/changed-ranges.ts';
import { readRange, type DiskFile } from '../../disk/disk-io.ts';
import { readGpt } from '../../disk/gpt/table.ts';
import { createOverlay } from '../../disk/overlay.ts';
import { gptDisk } from '../../disk/testing/gpt-disk.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { makeCdRom } from './cd-rom.ts';
import { writeToPrivate } from './private-partition.ts';

const SBIN = { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };
const PRIVATE_MIB = 8;

describe('the PRIVATE partition', () => {
  test('gets the file; what was there stays, and so does the base image', async () => {
    const { scratch, base, overlay, inside } = await diskWithPrivate();
    const pristine = await readFile(base.path);
    const content = `[settings]\nmotd = "${'x'.repeat(50_000)}"\n`;
    await writeFile(scratch('user data'), 'unused: names with blanks would break debugfs');
    await writeFile(scratch('source'), content);
    await writeToPrivate(scratch('source'), overlay, await readGpt(base));
    const after = await inside();
    expect(await after('cat user-data.toml')).toBe(content.trimEnd());
    expect(await after('cat bootconfig.data')).toBe('kernel {}');
    expect(await after('stat user-data.toml')).toMatch(/Mode:\s+0600.*User:\s+0\s+Group:\s+0/s);
    expect(pristine.equals(await readFile(base.path))).toBe(true);
  });

  test('an older file is replaced', async () => {
    const { scratch, base, overlay, inside } = await diskWithPrivate();
    for (const content of ['first, and longer', 'second']) {
      await writeFile(scratch('source'), content);
      await writeToPrivate(scratch('source'), overlay, await readGpt(base));
    }
    expect(await (await inside())('cat user-data.toml')).toBe('second');
  });

  test('a file that does not fit is refused, not cut', async () => {
    const { scratch, base, overlay } = await diskWithPrivate();
    await writeFile(scratch('source'), randomBytes((PRIVATE_MIB + 1) * 2 ** 20));
    await expect(writeToPrivate(scratch('source'), overlay, await readGpt(base))).rejects.toThrow(
      /user-data.toml can't be written to the partition BOTTLEROCKET-PRIVATE. debugfs said:/,
    );
  });
});

test('a CD-ROM holds the file under the name that the contract asks for', async () => {
  const scratch = await scratchDirectory();
  await writeFile(scratch('source=odd'), '[settings]\n');
  const iso = await makeCdRom(scratch('source=odd'), scratch('cd.iso'));
  await execa('xorriso', ['-osirrox', 'on', '-indev', iso, '-extract', '/user-data', scratch('out')]);
  expect(await readFile(scratch('out'), 'utf8')).toBe('[settings]\n');
});

test('changedRanges, written over the old content, give the new one, in whole blocks', () => {
  const before = randomBytes(20_000);
  fc.assert(
    fc.property(fc.array(fc.nat(19_999), { maxLength: 6 }), (places) => {
      const after = Buffer.from(before);
      for (const place of places) after.writeUInt8(after.readUInt8(place) ^ 1, place);
      const patched = Buffer.from(before);
      for (const { offset, bytes: change } of changedRanges(before, after)) {
        expect(offset % 4096).toBe(0);
        change.copy(patched, offset);
      }
      expect(patched.equals(after)).toBe(true);
    }),
  );
});

interface Disk {
  scratch: (name: string) => string;
  base: DiskFile;
  overlay: DiskFile;
  /** Runs debugfs commands on the partition as it is on the overlay now. */
  inside: () => Promise<(command: string) => Promise<string>>;
}

async function diskWithPrivate(): Promise<Disk> {
  const scratch = await scratchDirectory();
  const base = { path: scratch('base.raw'), format: 'raw' } as const;
  const partition = {
    ...{ label: 'BOTTLEROCKET-PRIVATE', typeGuid: '440408bb-eb0b-4328-a6e5-a29038fad706' },
    ...{ guid: '00000000-0000-0000-0000-000000000012', attributes: 0n },
    ...{ firstSector: 2048, lastSector: 2048 * (PRIVATE_MIB + 1) - 1 },
  };
  await writeFile(base.path, gptDisk(2048 * (PRIVATE_MIB + 2), [partition]));
  const offset = ['-E', `offset=${2 ** 20}`];
  await execa('mkfs.ext4', ['-q', '-F', ...offset, base.path, `${PRIVATE_MIB * 1024}k`], SBIN);
  await writeFile(scratch('boot'), 'kernel {}');
  const write = `write ${scratch('boot')} bootconfig.data`;
  await execa('debugfs', ['-w', '-R', write, `${base.path}?offset=${2 ** 20}`], SBIN);
  const overlay = await createOverlay(base, scratch('.'), 'disk');
  const inside = async (): Promise<(command: string) => Promise<string>> => {
    await writeFile(scratch('p'), await readRange(overlay, 2 ** 20, PRIVATE_MIB * 2 ** 20));
    await execa('e2fsck', ['-fn', scratch('p')], SBIN);
    return async (command) => (await execa('debugfs', ['-R', command, scratch('p')], SBIN)).stdout;
  };
  return { scratch, base, overlay, inside };
}
