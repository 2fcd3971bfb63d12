import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { withDir } from 'tmp-promise';
import { describe, expect, it } from 'vitest';

import { readGpt } from '../../../harness/disk/gpt/table.ts';
import { makeDisk } from './disk.ts';
import { deriveUuid } from './derived-ids.ts';
import { encodeGpt } from './gpt.ts';
import { LAYOUT } from './layout.ts';

describe('the disk', () => {
  it('has the layout of the contract in both copies of its table', async () => {
    await withDir(
      async ({ path }) => {
        await writeFile(join(path, 'boot.img'), 'boot');
        const guid = deriveUuid('seed', 'root hash');
        await makeDisk(path, 'seed', { 'BOTTLEROCKET-BOOT-A': { file: 'boot.img', guid } });
        const disk = join(path, 'disk.raw');
        const table = await readGpt({ path: disk, format: 'raw' });
        expect(table.partitions.map(({ label }) => label)).toEqual(LAYOUT.map(({ label }) => label));
        const boot = table.partitions[2];
        expect(boot).toMatchObject({
          guid,
          firstByte: 10 << 20,
          sizeBytes: 40 << 20,
          attributes: 0x0101_0000_0000_0000n,
        });
        expect(table.partitions[12]?.guid).toBe('5b94e8df-28b8-485c-9d19-362263b5944c');
        const { stdout } = await execa('sgdisk', ['--verify', disk], {
          env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
        });
        expect(stdout).toContain('No problems found');
      },
      { unsafeCleanup: true },
    );
  });

  it('refuses contents that are larger than their partition', async () => {
    await withDir(
      async ({ path }) => {
        await writeFile(join(path, 'esp.img'), Buffer.alloc((5 << 20) + 1));
        await expect(makeDisk(path, 'seed', { 'EFI-SYSTEM': { file: 'esp.img' } })).rejects.toThrow(
          'EFI-SYSTEM has room for 5242880 bytes, and 5242881 are to go there.',
        );
      },
      { unsafeCleanup: true },
    );
  });
});

describe('encodeGpt', () => {
  it('refuses a label that its field cannot hold', () => {
    const partition = {
      label: 'x'.repeat(37),
      typeGuid: '',
      guid: '',
      firstSector: 34,
      sectors: 1,
      attributes: 0n,
    };
    expect(() => encodeGpt(1000, '', [partition])).toThrow(/at most 36 characters/);
  });
});
