import { unreadable } from './superblock.ts';

/** Where the content of a file is, as its inode says (the kernel's fs/erofs/erofs_fs.h). */
export interface Inode {
  /** As stat(2) has it: the kind of the file, then its permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly layout: number;
  /** Of the content's whole blocks. */
  readonly firstBlock: number;
  /** Where content begins that lies behind the inode. */
  readonly inlineByte: number;
}

export const LAYOUTS = { plain: 0, inline: 2 } as const;

const COMPACT_BYTES = 32;
const EXTENDED_BYTES = 64;
const ATTRIBUTES_HEADER_BYTES = 12;
const ATTRIBUTE_BYTES = 4;

/** @param at of the image's first byte. @throws {ImageError} for an inode outside of the image. */
export function readInode(image: Buffer, at: number): Inode {
  if (at + COMPACT_BYTES > image.length) throw unreadable(`has an inode at byte ${at}, behind its end`);
  const format = image.readUInt16LE(at);
  const isExtended = (format & 1) === 1;
  const bytes = isExtended ? EXTENDED_BYTES : COMPACT_BYTES;
  if (at + bytes > image.length) throw unreadable(`has an inode at byte ${at} that its end cuts`);
  const attributes = image.readUInt16LE(at + 2);
  const attributeBytes = attributes === 0 ? 0 : ATTRIBUTES_HEADER_BYTES + (attributes - 1) * ATTRIBUTE_BYTES;
  return {
    mode: image.readUInt16LE(at + 4),
    uid: isExtended ? image.readUInt32LE(at + 24) : image.readUInt16LE(at + 24),
    gid: isExtended ? image.readUInt32LE(at + 28) : image.readUInt16LE(at + 26),
    sizeBytes: isExtended ? Number(image.readBigUInt64LE(at + 8)) : image.readUInt32LE(at + 8),
    layout: (format >> 1) & 0x7,
    firstBlock: image.readUInt32LE(at + 16),
    inlineByte: at + bytes + attributeBytes,
  };
}
