import { readRange, type Disk } from '../disk-io.ts';
import type { Partition } from '../gpt/entries.ts';
import { LAYOUTS, readInode, type Inode } from './inode.ts';
import {
  SUPERBLOCK_BYTES,
  SUPERBLOCK_OFFSET,
  readSuperblock,
  unreadable,
  type Superblock,
} from './superblock.ts';

const INODE_UNIT_BYTES = 32;
const ENTRY_BYTES = 12;
/** What stat(2) has in a mode. */
const KINDS: ReadonlyMap<number, ErofsFile['kind']> = new Map([
  [0o10, 'file'],
  [0o04, 'directory'],
  [0o12, 'link'],
]);
const MAX_FILES = 500_000;

export interface ErofsFile {
  /** From the root of the file system, without a slash at its beginning. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Twelve bits: set-user-id, set-group-id, sticky, then what owner, group and others may do. */
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
}

/** Everything in the EROFS of a partition, read by the host. @throws {ImageError} for a file system that is malformed. */
export async function listErofs(
  disk: Disk,
  { firstByte }: Pick<Partition, 'firstByte'>,
): Promise<ErofsFile[]> {
  const { sizeBytes } = readSuperblock(
    await readRange(disk, firstByte + SUPERBLOCK_OFFSET, SUPERBLOCK_BYTES),
  );
  return listErofsImage(await readRange(disk, firstByte, sizeBytes));
}

/** The same for a whole file system in memory. */
export function listErofsImage(image: Buffer): ErofsFile[] {
  const superblock = readSuperblock(image.subarray(SUPERBLOCK_OFFSET, SUPERBLOCK_OFFSET + SUPERBLOCK_BYTES));
  const files: ErofsFile[] = [];
  const directories = [{ path: '', number: superblock.rootInode }];
  const seen = new Set([superblock.rootInode]);
  for (let next = directories.pop(); next !== undefined; next = directories.pop()) {
    for (const { name, number } of entriesOf(image, superblock, inodeAt(image, superblock, next.number))) {
      if (name === '.' || name === '..') continue;
      const inode = inodeAt(image, superblock, number);
      const kind = KINDS.get(inode.mode >> 12) ?? 'other';
      const path = next.path === '' ? name : `${next.path}/${name}`;
      files.push({ path, kind, permissions: inode.mode & 0o7777, uid: inode.uid, gid: inode.gid });
      if (files.length > MAX_FILES) throw unreadable(`has more than ${MAX_FILES} files`);
      if (kind !== 'directory') continue;
      if (seen.has(number)) throw unreadable(`has the directory ${path} twice`);
      seen.add(number);
      directories.push({ path, number });
    }
  }
  return files;
}

function inodeAt(image: Buffer, { inodesAt }: Superblock, number: bigint): Inode {
  return readInode(image, inodesAt + Number(number) * INODE_UNIT_BYTES);
}

interface Entry {
  readonly name: string;
  readonly number: bigint;
}

function entriesOf(image: Buffer, superblock: Superblock, directory: Inode): Entry[] {
  return contentOf(image, superblock, directory).flatMap((block) => {
    const firstName = block.length < ENTRY_BYTES ? 0 : block.readUInt16LE(8);
    if (firstName < ENTRY_BYTES || firstName % ENTRY_BYTES !== 0 || firstName > block.length) {
      throw unreadable('has a malformed directory');
    }
    return Array.from({ length: firstName / ENTRY_BYTES }, (_, index) => {
      const at = index * ENTRY_BYTES;
      const isLast = at + ENTRY_BYTES === firstName;
      const end = isLast ? block.length : block.readUInt16LE(at + ENTRY_BYTES + 8);
      // Behind the last name of a block are zeros.
      const [name = ''] = block.toString('utf8', block.readUInt16LE(at + 8), end).split('\0');
      if (name === '' || name.includes('/')) throw unreadable('has a file without a proper name');
      return { name, number: block.readBigUInt64LE(at) };
    });
  });
}

/** Of a directory, block by block: directories are never compressed. */
function contentOf(image: Buffer, { blockBytes }: Superblock, inode: Inode): Buffer[] {
  const { layout, sizeBytes, firstBlock, inlineByte } = inode;
  if (layout !== LAYOUTS.plain && layout !== LAYOUTS.inline)
    throw unreadable(`has a directory in layout ${layout}`);
  const count = Math.ceil(sizeBytes / blockBytes);
  if (count * ENTRY_BYTES > image.length) throw unreadable(`has a directory of ${sizeBytes} bytes`);
  return Array.from({ length: count }, (_, index) => {
    const isInline = layout === LAYOUTS.inline && index === count - 1;
    const start = isInline ? inlineByte : (firstBlock + index) * blockBytes;
    const lengthBytes = Math.min(blockBytes, sizeBytes - index * blockBytes);
    if (start + lengthBytes > image.length) throw unreadable('has a directory behind its end');
    return image.subarray(start, start + lengthBytes);
  });
}
