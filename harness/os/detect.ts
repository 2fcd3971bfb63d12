import { MACHINES } from '../qemu/machines/index.ts';
import { ARCHITECTURES, type Architecture } from '../util/architecture.ts';
import { UsageError } from '../util/errors.ts';
import { readRange, type DiskFile } from '../disk/disk-io.ts';
import type { GptTable } from '../disk/gpt/table.ts';
import type { Partition } from '../disk/gpt/entries.ts';
import type { Capability } from './capabilities.ts';

const EFI_SYSTEM_TYPE = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

/** FAT allocates directories from its front; no ESP of a container OS comes near to this. */
const MAX_SEARCH_BYTES = 64 * 2 ** 20;

/** @throws {UsageError} when the disk holds no removable-media boot loader for an architecture that can be emulated. */
export async function architectureShownBy(disk: DiskFile, gpt: GptTable): Promise<Architecture> {
  for (const { firstByte, sizeBytes } of gpt.partitions.filter(isEfiSystem)) {
    const bytes = await readRange(disk, firstByte, Math.min(sizeBytes, MAX_SEARCH_BYTES));
    const shown = ARCHITECTURES.find((arch) => bytes.includes(loaderEntry(arch), 0, 'latin1'));
    if (shown !== undefined) return shown;
  }
  const loaders = ARCHITECTURES.map((arch) => MACHINES[arch].removableMediaLoader);
  throw new UsageError(
    `${disk.path}: no EFI system partition holds \\EFI\\BOOT\\${loaders.join(' or ')}, so nothing would boot.`,
  );
}

/** As a FAT directory stores the name: 8 + 3 characters, without the dot. */
function loaderEntry(arch: Architecture): string {
  const [name = '', extension = ''] = MACHINES[arch].removableMediaLoader.split('.');
  return name.padEnd(8) + extension.padEnd(3);
}

/** What a disk without a manifest can be tested for. Ports and providers can't be seen from outside. */
export async function capabilitiesShownBy(disk: DiskFile, gpt: GptTable): Promise<Set<Capability>> {
  const capabilities = new Set<Capability>();
  const labelled = (label: string): Partition | undefined =>
    gpt.partitions.find((one) => one.label === label);
  const hash = labelled('BOTTLEROCKET-HASH-A');
  if (hash !== undefined && (await holds(disk, hash, 0, Buffer.from('verity\0\0')))) {
    capabilities.add('verity-root');
  }
  if (labelled('BOTTLEROCKET-BOOT-A') !== undefined && labelled('BOTTLEROCKET-BOOT-B') !== undefined) {
    capabilities.add('ab-slots');
  }
  const store = labelled('BOTTLEROCKET-PRIVATE');
  if (store !== undefined && (await holds(disk, store, EXT4_MAGIC.offset, EXT4_MAGIC.bytes))) {
    capabilities.add('user-data.private');
  }
  return capabilities;
}

/** s_magic: 0x38 into the superblock, which starts at 1024. */
const EXT4_MAGIC = { offset: 1024 + 0x38, bytes: Buffer.from([0x53, 0xef]) };

function isEfiSystem(partition: Partition): boolean {
  return partition.typeGuid === EFI_SYSTEM_TYPE;
}

async function holds(disk: DiskFile, partition: Partition, offset: number, bytes: Buffer): Promise<boolean> {
  if (offset + bytes.length > partition.sizeBytes) return false;
  return bytes.equals(await readRange(disk, partition.firstByte + offset, bytes.length));
}
