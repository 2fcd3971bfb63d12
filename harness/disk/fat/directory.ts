import { FatFault, parseFatLayout, type FatLayout } from './layout.ts';

/** Reads within a partition, from its start. */
export interface PartitionReader {
  readonly sizeBytes: number;
  read(offset: number, lengthBytes: number): Promise<Buffer>;
}

interface Entry {
  /** "BOOTX64.EFI": the short name, in upper case. */
  readonly name: string;
  readonly isDirectory: boolean;
  readonly firstCluster: number;
}

const BOOT_SECTOR_BYTES = 512;
const ENTRY_BYTES = 32;
/** The specification's limit of a directory, 65536 entries: a chain that goes on is a loop. */
const MAX_DIRECTORY_BYTES = 65_536 * ENTRY_BYTES;
const DELETED = 0xe5;
const ATTRIBUTE = { volumeLabel: 0x08, directory: 0x10 };

/**
 * The short names (8.3, upper case) in a directory of a FAT12, FAT16 or FAT32 file system. A file whose long name fits
 * into a short one has it as that.
 *
 * @param path names of directories from the root, such as ['EFI', 'BOOT'].
 * @returns undefined when there is no such directory.
 * @throws {FatFault} when the partition holds no FAT file system, or a broken one.
 */
export async function listFatDirectory(
  partition: PartitionReader,
  path: readonly string[],
): Promise<string[] | undefined> {
  if (partition.sizeBytes < BOOT_SECTOR_BYTES) throw new FatFault('holds no FAT file system');
  const layout = parseFatLayout(await partition.read(0, BOOT_SECTOR_BYTES), partition.sizeBytes);
  let entries = parseEntries(await readRoot(partition, layout));
  for (const name of path) {
    const next = entries.find((entry) => entry.isDirectory && entry.name === name);
    if (next === undefined) return undefined;
    entries = parseEntries(await readChain(partition, layout, next.firstCluster));
  }
  return entries.map(({ name }) => name);
}

function readRoot(partition: PartitionReader, layout: FatLayout): Promise<Buffer> {
  const { root } = layout;
  return 'firstCluster' in root
    ? readChain(partition, layout, root.firstCluster)
    : partition.read(root.firstByte, root.sizeBytes);
}

async function readChain(partition: PartitionReader, layout: FatLayout, first: number): Promise<Buffer> {
  const { clusterBytes, dataByte, clusters } = layout;
  const pieces: Buffer[] = [];
  for (
    let cluster = first;
    cluster < endMark(layout);
    cluster = await nextCluster(partition, layout, cluster)
  ) {
    if (cluster < 2 || cluster >= clusters + 2) {
      throw new FatFault(`holds a broken FAT file system: cluster ${cluster} of a directory does not exist`);
    }
    if ((pieces.length + 1) * clusterBytes > MAX_DIRECTORY_BYTES) {
      throw new FatFault('holds a broken FAT file system: the clusters of a directory do not end');
    }
    const piece = await partition.read(dataByte + (cluster - 2) * clusterBytes, clusterBytes);
    pieces.push(piece);
    if (hasEnd(piece)) break;
  }
  return Buffer.concat(pieces);
}

async function nextCluster(
  partition: PartitionReader,
  { entryBits, tableByte }: FatLayout,
  cluster: number,
): Promise<number> {
  const entry = await partition.read(
    tableByte + Math.floor((cluster * entryBits) / 8),
    entryBits === 32 ? 4 : 2,
  );
  // The upper four bits of 32 are reserved.
  if (entryBits === 32) return entry.readUInt32LE(0) & 0x0fffffff;
  const word = entry.readUInt16LE(0);
  if (entryBits === 16) return word;
  return cluster % 2 === 0 ? word & 0xfff : word >> 4;
}

/** Numbers from here on end a chain, or mark a bad cluster, which ends it no less. */
function endMark({ entryBits }: FatLayout): number {
  return entryBits === 32 ? 0x0ffffff7 : entryBits === 16 ? 0xfff7 : 0xff7;
}

/** A first byte of 0 says that neither this entry nor any behind it is in use. */
function hasEnd(entries: Buffer): boolean {
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) if (entries.readUInt8(at) === 0) return true;
  return false;
}

function parseEntries(directory: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length && directory.readUInt8(at) !== 0; at += ENTRY_BYTES) {
    const attributes = directory.readUInt8(at + 11);
    // The pieces of a long name have this attribute, too.
    if (directory.readUInt8(at) === DELETED || (attributes & ATTRIBUTE.volumeLabel) !== 0) continue;
    const [base, extension] = [
      directory.toString('latin1', at, at + 8),
      directory.toString('latin1', at + 8, at + 11),
    ];
    entries.push({
      name: [base.trimEnd(), extension.trimEnd()].filter((part) => part !== '').join('.'),
      isDirectory: (attributes & ATTRIBUTE.directory) !== 0,
      firstCluster: directory.readUInt16LE(at + 26) | (directory.readUInt16LE(at + 20) << 16),
    });
  }
  return entries;
}
