/** Why a partition holds no FAT file system, or a broken one, as a phrase that follows its name. */
export class FatFault extends Error {}

/** Where the parts of a FAT file system lie (Microsoft's FAT specification 1.03, section 3.1), in bytes from its start. */
export interface FatLayout {
  /** Bits of an entry of the allocation table. */
  readonly entryBits: 12 | 16 | 32;
  readonly tableByte: number;
  readonly clusterBytes: number;
  /** Where cluster 2 lies, the first one. */
  readonly dataByte: number;
  readonly clusters: number;
  /** The root directory: at a place of its own before FAT32, since then a chain of clusters as any other. */
  readonly root:
    { readonly firstByte: number; readonly sizeBytes: number } | { readonly firstCluster: number };
}

const SECTOR_SIZES = [512, 1024, 2048, 4096];
const DIRECTORY_ENTRY_BYTES = 32;
/** One entry less than 12 bits can number, the reserved ones apart. */
const MAX_FAT12_CLUSTERS = 4084;

/**
 * @param sector the first 512 bytes of the file system.
 * @param sizeBytes of the partition, which the file system must not exceed.
 * @throws {FatFault}
 */
export function parseFatLayout(sector: Buffer, sizeBytes: number): FatLayout {
  const sectorBytes = sector.readUInt16LE(11);
  const clusterSectors = sector.readUInt8(13);
  const reservedSectors = sector.readUInt16LE(14);
  const tables = sector.readUInt8(16);
  const rootEntries = sector.readUInt16LE(17);
  const tableSectors16 = sector.readUInt16LE(22);
  const tableSectors = tableSectors16 === 0 ? sector.readUInt32LE(36) : tableSectors16;
  const isPlausible =
    sector.readUInt16LE(510) === 0xaa55 &&
    SECTOR_SIZES.includes(sectorBytes) &&
    clusterSectors > 0 &&
    (clusterSectors & (clusterSectors - 1)) === 0 &&
    [reservedSectors, tables, tableSectors].every((count) => count > 0);
  if (!isPlausible) throw new FatFault('holds no FAT file system');
  const sectors16 = sector.readUInt16LE(19);
  const sectors = sectors16 === 0 ? sector.readUInt32LE(32) : sectors16;
  if (sectors * sectorBytes > sizeBytes) {
    throw new FatFault(
      `holds a FAT file system of ${sectors * sectorBytes} bytes, cut short at ${sizeBytes}`,
    );
  }
  const rootSector = reservedSectors + tables * tableSectors;
  const rootBytes = rootEntries * DIRECTORY_ENTRY_BYTES;
  const dataSector = rootSector + Math.ceil(rootBytes / sectorBytes);
  const clusters = Math.floor((sectors - dataSector) / clusterSectors);
  if (clusters < 1) throw new FatFault('holds a FAT file system without a cluster');
  // Linux and EDK2 decide about FAT32 by this field, where the specification counts clusters: mkfs.fat -F 32 makes small
  // ones, too.
  const isFat32 = tableSectors16 === 0;
  return {
    entryBits: isFat32 ? 32 : clusters > MAX_FAT12_CLUSTERS ? 16 : 12,
    tableByte: reservedSectors * sectorBytes,
    clusterBytes: clusterSectors * sectorBytes,
    dataByte: dataSector * sectorBytes,
    clusters,
    root: isFat32
      ? { firstCluster: sector.readUInt32LE(44) }
      : { firstByte: rootSector * sectorBytes, sizeBytes: rootBytes },
  };
}
