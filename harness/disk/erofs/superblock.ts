import { ImageError } from '../../util/errors.ts';

export const SUPERBLOCK_OFFSET = 1024;
export const SUPERBLOCK_BYTES = 128;

const MAGIC = 0xe0f5e1e2;
/** Compression, chunks and attributes: nothing that changes where inodes and directories are. */
const UNDERSTOOD = 0x7f;
const MIN_BLOCK_BITS = 9;
const MAX_BLOCK_BITS = 16;
const MAX_IMAGE_BYTES = 2 ** 31;

export interface Superblock {
  readonly blockBytes: number;
  readonly sizeBytes: number;
  readonly rootInode: bigint;
  /** Where inode 0 is, counted from the image's first byte. */
  readonly inodesAt: number;
}

/** @throws {ImageError} for what is no EROFS, or has features that this reader doesn't know. */
export function readSuperblock(bytes: Buffer): Superblock {
  if (bytes.length < SUPERBLOCK_BYTES || bytes.readUInt32LE(0) !== MAGIC) throw unreadable('is no EROFS');
  const features = bytes.readUInt32LE(80);
  if ((features & ~UNDERSTOOD) !== 0) throw unreadable(`has the features 0x${features.toString(16)}`);
  const blockBits = bytes.readUInt8(12);
  if (blockBits < MIN_BLOCK_BITS || blockBits > MAX_BLOCK_BITS) {
    throw unreadable(`has blocks of 2^${blockBits} bytes`);
  }
  const blockBytes = 2 ** blockBits;
  const sizeBytes = bytes.readUInt32LE(36) * blockBytes;
  if (sizeBytes > MAX_IMAGE_BYTES) throw unreadable(`has ${sizeBytes} bytes`);
  return {
    blockBytes,
    sizeBytes,
    rootInode: BigInt(bytes.readUInt16LE(14)),
    inodesAt: bytes.readUInt32LE(40) * blockBytes,
  };
}

export function unreadable(what: string): ImageError {
  return new ImageError(`The file system ${what}, which can't be read.`);
}
