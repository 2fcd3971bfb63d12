import { readRange, type DiskFile } from '../disk/disk-io.ts';
import { isExt4 } from '../disk/ext4/detect.ts';
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
  if (hash !== undefined && (await beginsWith(disk, hash, Buffer.from('verity\0\0')))) {
    capabilities.add('verity-root');
  }
  if (labelled(LABELS.boot('A')) !== undefined && labelled(LABELS.boot('B')) !== undefined) {
    capabilities.add('ab-slots');
  }
  const store = labelled(LABELS.private);
  if (store !== undefined && (await isExt4(disk, store))) {
    capabilities.add('user-data.private');
  }
  return capabilities;
}

async function beginsWith(
  disk: DiskFile,
  { firstByte, sizeBytes }: Partition,
  bytes: Buffer,
): Promise<boolean> {
  return bytes.length <= sizeBytes && bytes.equals(await readRange(disk, firstByte, bytes.length));
}
