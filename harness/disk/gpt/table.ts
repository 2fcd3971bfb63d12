import { isDeepStrictEqual } from 'node:util';

import { ImageError } from '../../util/errors.ts';
import { diskSizeBytes, readRange, type Disk } from '../disk-io.ts';
import { readTableCopies, type Copy, type TableCopies, type TableSource } from './copies.ts';
import type { Partition } from './entries.ts';
import { GptFault, SECTOR_SIZES, type SectorBytes } from './header.ts';

/** The partition table of a disk: the primary copy's, or the backup's when only that one is intact. */
export interface GptTable {
  readonly diskGuid: string;
  readonly diskSizeBytes: number;
  /** The unit that the table counts in, and so the logical sector size that a machine must give the disk. */
  readonly sectorBytes: SectorBytes;
  /**
   * How far the disk goes on behind the backup copy, whose place is the last sector: a disk that was enlarged after its
   * table was written has its new room there. 0 for all others.
   */
  readonly grownBytes: number;
  readonly partitions: readonly Partition[];
  /** What is wrong with a copy, as a phrase that follows its name; undefined when it is intact. */
  readonly faults: { readonly primary: string | undefined; readonly backup: string | undefined };
  /** Both copies are intact and describe the same partitions. */
  readonly copiesAgree: boolean;
}

/** There is no trace of a GPT, so it's another kind of disk or no disk at all. */
export class NoGptError extends ImageError {}

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
 * @throws {NoGptError} when neither copy is where one can be; {ImageError} when neither is intact.
 */
export async function readGptOf(source: TableSource): Promise<GptTable> {
  const tried: TableCopies[] = [];
  for (const sectorBytes of SECTOR_SIZES) {
    const copies = await readTableCopies(source, sectorBytes);
    const best = isFault(copies.primary) ? copies.backup : copies.primary;
    if (!isFault(best)) return tableOf(source, copies, best);
    tried.push(copies);
  }
  const signed = tried.find(({ primary, backup }) => isSigned(primary) || isSigned(backup));
  const about = signed ?? tried[0];
  const message =
    `${source.name}: has no intact partition table. The primary copy ${faultOf(about?.primary) ?? ''}; ` +
    `the backup copy ${faultOf(about?.backup) ?? ''}.`;
  const hint = 'A bootable image is a whole GPT disk, not a partition, an archive or a part of a download.';
  throw signed === undefined ? new NoGptError(message, { hint }) : new ImageError(message, { hint });
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

function tableOf(source: TableSource, copies: TableCopies, best: Copy): GptTable {
  const { primary, backup, sectorBytes } = copies;
  const backupSector = isFault(backup) ? undefined : backup.header.sector;
  return {
    diskGuid: best.header.diskGuid,
    diskSizeBytes: source.sizeBytes,
    sectorBytes,
    grownBytes: backupSector === undefined ? 0 : (copies.sectors - 1 - backupSector) * sectorBytes,
    partitions: best.partitions,
    faults: { primary: faultOf(primary), backup: faultOf(backup) },
    copiesAgree:
      !isFault(primary) && !isFault(backup) && isDeepStrictEqual(primary.partitions, backup.partitions),
  };
}

function isFault(copy: Copy | GptFault): copy is GptFault {
  return copy instanceof GptFault;
}

function isSigned(copy: Copy | GptFault): boolean {
  return !isFault(copy) || copy.signed;
}

function faultOf(copy: Copy | GptFault | undefined): string | undefined {
  return copy instanceof GptFault ? copy.message : undefined;
}
