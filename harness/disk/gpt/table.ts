import { isDeepStrictEqual } from 'node:util';

import { ImageError } from '../../util/errors.ts';
import { diskSizeBytes, readRange, type Disk } from '../disk-io.ts';
import { parseGptEntries, type Partition } from './entries.ts';
import { entriesSizeBytes, GptFault, parseGptHeader, SECTOR_BYTES, type GptHeader } from './header.ts';

/** The partition table of a disk: the primary copy's, or the backup's when only that one is intact. */
export interface GptTable {
  readonly diskGuid: string;
  readonly diskSizeBytes: number;
  readonly partitions: readonly Partition[];
  /** What is wrong with a copy, as a phrase that follows its name; undefined when it is intact. */
  readonly faults: { readonly primary: string | undefined; readonly backup: string | undefined };
  /** Both copies are intact and describe the same partitions. */
  readonly copiesAgree: boolean;
}

interface Copy {
  readonly header: GptHeader;
  readonly partitions: Partition[];
}

const PRIMARY_SECTOR = 1;

/** Something with a partition table. */
export interface TableSource {
  /** For error messages. */
  readonly name: string;
  readonly sizeBytes: number;
  read(offset: number, lengthBytes: number): Promise<Buffer> | Buffer;
}

/** Reads the table of a disk; see `readGptOf`. */
export async function readGpt(disk: Disk): Promise<GptTable> {
  return readGptOf({
    name: disk.path,
    sizeBytes: await diskSizeBytes(disk),
    read: (offset, lengthBytes) => readRange(disk, offset, lengthBytes),
  });
}

/**
 * Reads both copies of the GUID partition table, checks their checksums and bounds.
 *
 * @throws {ImageError} when neither copy is intact.
 */
export async function readGptOf(source: TableSource): Promise<GptTable> {
  const sectors = Math.floor(source.sizeBytes / SECTOR_BYTES);
  const primary = await readCopy(source, PRIMARY_SECTOR, sectors);
  const backupSector = isFault(primary) ? sectors - 1 : primary.header.otherCopySector;
  const backup = await readCopy(source, backupSector, sectors);
  const best = isFault(primary) ? backup : primary;
  const faults = { primary: faultOf(primary), backup: faultOf(backup) };
  if (isFault(best)) {
    throw new ImageError(
      `${source.name}: has no intact partition table. The primary copy ${faults.primary ?? ''}; ` +
        `the backup copy ${faults.backup ?? ''}.`,
      {
        hint: 'A bootable image is a whole raw GPT disk, not a partition, an archive or a part of a download.',
      },
    );
  }
  return {
    diskGuid: best.header.diskGuid,
    diskSizeBytes: source.sizeBytes,
    partitions: best.partitions,
    faults,
    copiesAgree:
      !isFault(primary) && !isFault(backup) && isDeepStrictEqual(primary.partitions, backup.partitions),
  };
}

/** @throws {ImageError} naming the labels that there are. */
export function partitionLabelled(table: GptTable, label: string): Partition {
  const found = table.partitions.filter((partition) => partition.label === label);
  if (found[0] === undefined || found.length > 1) {
    const labels = table.partitions.map((partition) => `${partition.number} "${partition.label}"`).join(', ');
    throw new ImageError(
      `The disk has ${found.length} partitions labelled "${label}", where one is needed; it has ${labels}.`,
    );
  }
  return found[0];
}

async function readCopy(source: TableSource, sector: number, diskSectors: number): Promise<Copy | GptFault> {
  try {
    if (sector >= diskSectors || sector < PRIMARY_SECTOR) {
      throw new GptFault(`would be at sector ${sector}, but the disk has only ${diskSectors} sectors`);
    }
    const header = parseGptHeader(
      await source.read(sector * SECTOR_BYTES, SECTOR_BYTES),
      sector,
      diskSectors,
    );
    const entries = await source.read(header.entriesSector * SECTOR_BYTES, entriesSizeBytes(header));
    return { header, partitions: parseGptEntries(entries, header) };
  } catch (error) {
    if (error instanceof GptFault) return error;
    throw error;
  }
}

function isFault(copy: Copy | GptFault): copy is GptFault {
  return copy instanceof GptFault;
}

function faultOf(copy: Copy | GptFault): string | undefined {
  return isFault(copy) ? copy.message : undefined;
}
