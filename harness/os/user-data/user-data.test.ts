import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { changedRanges } from '../../disk/changed-ranges.ts';
import { readRange, type DiskFile } from '../../disk/disk-io.ts';
import { readGpt, type GptTable } from '../../disk/gpt/table.ts';
import { createOverlay } from '../../disk/overlay.ts';
import { gptDisk } from '../../disk/testing/gpt-disk.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import type { UserData } from './channels.ts';
import { injectUserData } from './inject.ts';
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

describe('a CD-ROM', () => {
  test('holds the file under the name that Bottlerocket reads', async () => {
    const { devices, extract } = await injected([{ channel: 'cd-rom', content: '[settings]\n' }]);
    expect(Object.keys(devices)).toEqual(['cdRom']);
    expect(await extract('user-data')).toBe('[settings]\n');
  });

  test('for cloud-init has its label and all of its files', async () => {
    const networkConfig = 'version: 2\n';
    const { devices, extract, label } = await injected([
      {
        channel: 'nocloud',
        content: '#cloud-config\n',
        networkConfig,
        metaData: { 'local-hostname': 'one' },
      },
    ]);
    expect(devices.smbiosSystem).toEqual({ serial: 'ds=nocloud' });
    expect(await label()).toBe('CIDATA');
    expect(await extract('user-data')).toBe('#cloud-config\n');
    expect(await extract('network-config')).toBe(networkConfig);
    expect(JSON.parse(await extract('meta-data'))).toEqual({
      'instance-id': expect.stringMatching(/^hotfire-[0-9a-f]{16}$/) as string,
      'local-hostname': 'one',
    });
  });
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

/** User-data of a machine whose disk is not touched. */
async function injected(userData: readonly UserData[]) {
  const scratch = await scratchDirectory();
  await mkdir(scratch('odd=name'));
  const file = (name: string): string => join(scratch('odd=name'), name);
  const unused = {
    disk: { path: '', format: 'raw' },
    gpt: { partitions: [] } as unknown as GptTable,
  } as const;
  const devices = await injectUserData(userData, { file }, unused.disk, unused.gpt);
  const iso = devices.cdRom ?? '';
  return {
    devices,
    // The volume identifier of ISO 9660's primary volume descriptor.
    label: async () => (await readFile(iso)).toString('latin1', 32_808, 32_840).trimEnd(),
    extract: async (name: string) => {
      await execa('xorriso', ['-osirrox', 'on', '-indev', iso, '-extract', `/${name}`, scratch('out')]);
      return readFile(scratch('out'), 'utf8');
    },
  };
}

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
