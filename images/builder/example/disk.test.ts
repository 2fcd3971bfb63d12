import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { withDir } from 'tmp-promise';
import { describe, expect, it } from 'vitest';

import { readGpt } from '../../../harness/disk/gpt/table.ts';
import { makeExampleDisk } from './disk.ts';

const MIB = 1024 ** 2;

describe('the disk of an example', () => {
  it('has its partitions one after the other', async () => {
    await withFilledDisk(512, async (disk) => {
      const table = await readGpt({ path: disk, format: 'raw' });
      expect(table.copiesAgree).toBe(true);
      expect(table.partitions).toMatchObject([
        { label: 'ESP', firstByte: MIB, sizeBytes: 2 * MIB },
        { label: 'debian-root', firstByte: 3 * MIB, sizeBytes: 3 * MIB },
      ]);
      expect(table.diskSizeBytes).toBe(7 * MIB);
    });
  });

  it('counts in its own sectors where those have 4096 bytes', async () => {
    await withFilledDisk(4096, async (disk) => {
      await using file = await open(disk, 'r');
      const read = async (offset: number, length: number): Promise<Buffer> =>
        (await file.read(Buffer.alloc(length), 0, length, offset)).buffer;
      const header = await read(4096, 92);
      expect(header.toString('latin1', 0, 8)).toBe('EFI PART');
      const lastSector = (7 * MIB) / 4096 - 1;
      expect(Number(header.readBigUInt64LE(32))).toBe(lastSector);
      // 128 entries of 128 bytes take four sectors, from the third on.
      expect(Number(header.readBigUInt64LE(40))).toBe(6);
      expect(Number(header.readBigUInt64LE(48))).toBe(lastSector - 5);
      expect((await read(lastSector * 4096, 8)).toString('latin1')).toBe('EFI PART');
      const root = await read(2 * 4096 + 128, 128);
      expect(Number(root.readBigUInt64LE(32)) * 4096).toBe(3 * MIB);
      expect((await read(3 * MIB, 4)).toString()).toBe('root');
    });
  });
});

async function withFilledDisk(sectorBytes: number, use: (disk: string) => Promise<void>): Promise<void> {
  await withDir(
    async ({ path }) => {
      const partition = async (
        label: string,
        type: 'efi-system' | 'linux',
        sizeMib: number,
        text: string,
      ) => {
        await writeFile(join(path, label), text);
        return { label, type, sizeMib, file: join(path, label) };
      };
      await makeExampleDisk(path, {
        seed: 'seed',
        sectorBytes,
        partitions: [
          await partition('ESP', 'efi-system', 2, 'esp'),
          await partition('debian-root', 'linux', 3, 'root'),
        ],
      });
      await use(join(path, 'disk.raw'));
    },
    { unsafeCleanup: true },
  );
}
