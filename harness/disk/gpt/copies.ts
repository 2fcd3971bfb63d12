import { parseGptEntries, type Partition } from './entries.ts';
import {
  entriesSizeBytes,
  GptFault,
  parseGptHeader,
  type Geometry,
  type GptHeader,
  type SectorBytes,
} from './header.ts';

/** Something with a partition table. */
export interface TableSource {
  /** For error messages. */
  readonly name: string;
  readonly sizeBytes: number;
  read(offset: number, lengthBytes: number): Promise<Buffer> | Buffer;
}

/** One copy of the table, intact. */
export interface Copy {
  readonly header: GptHeader;
  readonly partitions: Partition[];
}

/** What is found where the copies are, if the disk has sectors of that size. */
export interface TableCopies extends Geometry {
  readonly primary: Copy | GptFault;
  readonly backup: Copy | GptFault;
}

const PRIMARY_SECTOR = 1;

/** The backup is read where the primary says that it is, which is not the end of a disk that has grown. */
export async function readTableCopies(source: TableSource, sectorBytes: SectorBytes): Promise<TableCopies> {
  const disk = { sectorBytes, sectors: Math.floor(source.sizeBytes / sectorBytes) };
  const primary = await readCopy(source, PRIMARY_SECTOR, disk);
  const backupSector = primary instanceof GptFault ? disk.sectors - 1 : primary.header.otherCopySector;
  const backup = await readCopy(source, backupSector, disk);
  return { ...disk, primary, backup };
}

async function readCopy(source: TableSource, sector: number, disk: Geometry): Promise<Copy | GptFault> {
  const { sectorBytes, sectors } = disk;
  try {
    if (sector >= sectors || sector < PRIMARY_SECTOR) {
      const where = `would lie at sector ${sector}, but the disk has only ${sectors} sectors`;
      throw new GptFault(where, { signed: false });
    }
    const header = parseGptHeader(await source.read(sector * sectorBytes, sectorBytes), sector, disk);
    const entries = await source.read(header.entriesSector * sectorBytes, entriesSizeBytes(header));
    return { header, partitions: parseGptEntries(entries, header, sectorBytes) };
  } catch (error) {
    if (error instanceof GptFault) return error;
    throw error;
  }
}
