import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';
import { deriveUuid } from './derived-ids.ts';
import { encodeGpt, SECTOR_BYTES } from './gpt.ts';
import { DISK_MIB, LAYOUT, PARTITION_TYPES, type PartitionLabel } from './layout.ts';
import { writeSparseDisk } from './sparse-disk.ts';

const MIB = 1024 ** 2;
const MIB_SECTORS = MIB / SECTOR_BYTES;

/** What is known of a partition besides its position: its contents, a file of the directory, and its unique GUID. */
export interface Filling {
  readonly file?: string;
  readonly guid?: string;
}

/**
 * Writes `disk.raw` by the contract's layout.
 *
 * @throws {UsageError} for contents that are larger than their partition.
 */
export async function makeDisk(
  directory: string,
  seed: string,
  fillings: Readonly<Partial<Record<PartitionLabel, Filling>>>,
): Promise<void> {
  const partitions = LAYOUT.map((partition) => ({ ...partition, filling: fillings[partition.label] }));
  const table = partitions.map((partition) => ({
    label: partition.label,
    typeGuid: PARTITION_TYPES[partition.type],
    guid:
      partition.filling?.guid ?? ('guid' in partition ? partition.guid : deriveUuid(seed, partition.label)),
    firstSector: partition.startMib * MIB_SECTORS,
    sectors: partition.sizeMib * MIB_SECTORS,
    attributes: 'attributes' in partition ? partition.attributes : 0n,
  }));
  const placements = partitions.flatMap(({ label, sizeMib, startMib, filling }) =>
    filling?.file === undefined
      ? []
      : [
          {
            label,
            sizeBytes: sizeMib * MIB,
            file: join(directory, filling.file),
            offsetBytes: startMib * MIB,
          },
        ],
  );
  for (const { label, file, sizeBytes } of placements) {
    const { size } = await stat(file);
    if (size > sizeBytes) {
      throw new UsageError(`${label} has room for ${sizeBytes} bytes, and ${size} are to go there.`, {
        hint: 'Take something out of images/rootfs/root.toml or the kernel configuration.',
      });
    }
  }
  await writeSparseDisk(
    join(directory, 'disk.raw'),
    DISK_MIB * MIB,
    encodeGpt(DISK_MIB * MIB_SECTORS, deriveUuid(seed, 'disk'), table),
    placements,
  );
}
