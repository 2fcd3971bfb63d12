import { readRange, type DiskFile } from '../disk/disk-io.ts';
import type { GptTable } from '../disk/gpt/table.ts';
import type { Partition } from '../disk/gpt/entries.ts';
import { LABELS } from './bottlerocket/layout.ts';
import type { Capability } from './capabilities.ts';

/** Slots and state as Bottlerocket lays them out. */
export function looksLikeBottlerocket({ partitions }: GptTable): boolean {
  const labels = partitions.map(({ label }) => label);
  return [LABELS.boot('A'), LABELS.root('A'), LABELS.private].every((label) => labels.includes(label));
}

/** What a disk without a manifest can be tested for. Ports and providers can't be seen from outside. */
export async function capabilitiesShownBy(disk: DiskFile, gpt: GptTable): Promise<Set<Capability>> {
  const capabilities = new Set<Capability>();
  const labelled = (label: string): Partition | undefined =>
    gpt.partitions.find((one) => one.label === label);
  const hash = labelled(LABELS.hash('A'));
  if (hash !== undefined && (await holds(disk, hash, 0, Buffer.from('verity\0\0')))) {
    capabilities.add('verity-root');
  }
  if (labelled(LABELS.boot('A')) !== undefined && labelled(LABELS.boot('B')) !== undefined) {
    capabilities.add('ab-slots');
  }
  const store = labelled(LABELS.private);
  if (store !== undefined && (await holds(disk, store, EXT4_MAGIC.offset, EXT4_MAGIC.bytes))) {
    capabilities.add('user-data.private');
  }
  return capabilities;
}

/** s_magic: 0x38 into the superblock, which starts at 1024. */
const EXT4_MAGIC = { offset: 1024 + 0x38, bytes: Buffer.from([0x53, 0xef]) };

async function holds(disk: DiskFile, partition: Partition, offset: number, bytes: Buffer): Promise<boolean> {
  if (offset + bytes.length > partition.sizeBytes) return false;
  return bytes.equals(await readRange(disk, partition.firstByte + offset, bytes.length));
}
