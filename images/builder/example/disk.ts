import { join } from 'node:path';

import { deriveUuid } from '../image/derived-ids.ts';
import { encodeGpt } from '../image/gpt.ts';
import { PARTITION_TYPES } from '../image/layout.ts';
import { writeSparseDisk } from '../image/sparse-disk.ts';

const MIB = 1024 ** 2;
/** "Linux filesystem data" (Discoverable Partitions Specification, UAPI.2): mounted by nobody unless asked for. */
const LINUX_DATA = '0fc63daf-8483-4772-8e79-3d69d8477de4';

export interface ExampleDisk {
  /** What the GUIDs are derived from. */
  readonly seed: string;
  readonly sectorBytes: number;
  readonly partitions: readonly {
    readonly label: string;
    readonly type: 'efi-system' | 'linux';
    readonly sizeMib: number;
    readonly file: string;
  }[];
}

/** Writes `disk.raw` with the partitions one after the other, the first one at 1 MiB. */
export async function makeExampleDisk(
  directory: string,
  { seed, sectorBytes, partitions }: ExampleDisk,
): Promise<void> {
  let nextMib = 1;
  const placed = partitions.map((partition) => {
    const startMib = nextMib;
    nextMib += partition.sizeMib;
    return { ...partition, startMib };
  });
  // The last one is for the backup of the partition table.
  const sizeBytes = (nextMib + 1) * MIB;
  const sectorsPerMib = MIB / sectorBytes;
  const table = placed.map(({ label, type, startMib, sizeMib }) => ({
    label,
    typeGuid: type === 'linux' ? LINUX_DATA : PARTITION_TYPES[type],
    guid: deriveUuid(seed, label),
    firstSector: startMib * sectorsPerMib,
    sectors: sizeMib * sectorsPerMib,
    attributes: 0n,
  }));
  await writeSparseDisk(
    join(directory, 'disk.raw'),
    sizeBytes,
    encodeGpt(sizeBytes / sectorBytes, deriveUuid(seed, 'disk'), table, sectorBytes),
    placed.map(({ file, startMib }) => ({ file, offsetBytes: startMib * MIB })),
  );
}
