import { basename, extname } from 'node:path';

import { shellQuote } from '../../process/shell-quote.ts';

/** How a disk file can be packed so that it is unpacked by itself. */
export type Compression = 'gzip' | 'xz' | 'zstd';

/** What a file is, as its content says; its name counts for nothing. */
export type Format =
  | { readonly kind: 'manifest' | 'raw' | 'qcow2' }
  | { readonly kind: 'compressed'; readonly compression: Compression }
  /** Recognized, and what makes a disk of it is a command. */
  | { readonly kind: 'foreign'; readonly what: string; readonly command: string };

/** So many bytes of a file's start decide: an ISO's signature lies behind the first 32 KiB, that of btrfs behind 64. */
export const START_BYTES = 128 * 1024;
/** The footer of a VHD of fixed size is all that distinguishes it from a raw disk. */
export const END_BYTES = 512;

interface Signature {
  readonly offset: number;
  readonly hex: string;
  readonly format: (path: string) => Format;
}

const OPENED: readonly Signature[] = [
  { offset: 0, hex: '1f8b', format: () => ({ kind: 'compressed', compression: 'gzip' }) },
  { offset: 0, hex: 'fd377a585a00', format: () => ({ kind: 'compressed', compression: 'xz' }) },
  { offset: 0, hex: '28b52ffd', format: () => ({ kind: 'compressed', compression: 'zstd' }) },
  { offset: 0, hex: '514649fb', format: () => ({ kind: 'qcow2' }) },
];

const FOREIGN: readonly Signature[] = [
  packed('04224d18', 'packed with lz4', (path) => `${shellQuote(['lz4', '-d', path])} disk.img`),
  packed('02214c18', 'packed with lz4', (path) => `${shellQuote(['lz4', '-d', path])} disk.img`),
  packed('425a68', 'packed with bzip2', (path) => `${shellQuote(['bzip2', '-dc', path])} > disk.img`),
  packed('504b0304', 'a zip archive', (path) => shellQuote(['unzip', path])),
  packed('377abcaf271c', 'a 7-Zip archive', (path) => shellQuote(['7z', 'x', path])),
  { ...packed('7573746172', 'a tar archive', (path) => shellQuote(['tar', '-xf', path])), offset: 257 },
  otherDisk('KDMV', 'vmdk', 'a VMware disk'),
  otherDisk('COWD', 'vmdk', 'a VMware disk'),
  otherDisk('# Disk DescriptorFile', 'vmdk', 'a VMware disk'),
  otherDisk('vhdxfile', 'vhdx', 'a Hyper-V disk'),
  otherDisk('conectix', 'vpc', 'a Virtual PC disk'),
  { ...otherDisk('\x7f\x10\xda\xbe', 'vdi', 'a VirtualBox disk'), offset: 64 },
];

/**
 * @param start the first `START_BYTES` of the file at `path`, or what there is.
 * @param end the last `END_BYTES`.
 */
export function formatOf(path: string, start: Buffer, end: Buffer): Format {
  const found = [...OPENED, ...FOREIGN].find(({ offset, hex }) =>
    start
      .subarray(offset)
      .toString('hex', 0, hex.length / 2)
      .startsWith(hex),
  );
  if (found !== undefined) return found.format(path);
  if (end.toString('latin1').startsWith('conectix')) return fixedVhd.format(path);
  return { kind: /^\s*\{/.test(start.toString('latin1', 0, 256)) ? 'manifest' : 'raw' };
}

function packed(hex: string, what: string, command: (path: string) => string): Signature {
  return { offset: 0, hex, format: (path) => ({ kind: 'foreign', what, command: command(path) }) };
}

function otherDisk(magic: string, driver: string, what: string): Signature {
  return {
    offset: 0,
    hex: Buffer.from(magic, 'latin1').toString('hex'),
    format: (path) => ({
      kind: 'foreign',
      what: `${what} (${driver})`,
      command: convertCommand(path, driver),
    }),
  };
}

const fixedVhd = otherDisk('conectix', 'vpc', 'a Virtual PC disk of fixed size');

/** @param driver QEMU's name of the format; given, since QEMU takes what it does not recognize for raw. */
export function convertCommand(path: string, driver: string): string {
  const output = `${basename(path, extname(path))}.qcow2`;
  return shellQuote(['qemu-img', 'convert', '-f', driver, '-O', 'qcow2', path, output]);
}
