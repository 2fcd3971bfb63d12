import { open, stat } from 'node:fs/promises';

import { messageOf, UsageError } from '../util/errors.ts';

/** What the first bytes of a file give away, and the command that makes a raw disk of it. */
const PACKED: readonly { magic: string; what: string; unpack: (path: string) => string }[] = [
  { magic: '04224d18', what: 'packed with lz4', unpack: (path) => `lz4 -d ${path} disk.img` },
  { magic: '28b52ffd', what: 'packed with zstd', unpack: (path) => `zstd -d ${path} -o disk.img` },
  { magic: '1f8b', what: 'packed with gzip', unpack: (path) => `gzip -dc ${path} > disk.img` },
  { magic: 'fd377a585a00', what: 'packed with xz', unpack: (path) => `xz -dc ${path} > disk.img` },
  {
    magic: '514649fb',
    what: 'a qcow2 disk, not a raw one',
    unpack: (path) => `qemu-img convert -O raw ${path} disk.img`,
  },
];

/** @throws {UsageError} with the command that unpacks it. */
export async function checkIsRawDisk(path: string): Promise<void> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const start = buffer.toString('hex', 0, bytesRead);
  const packed = PACKED.find(({ magic }) => start.startsWith(magic));
  if (packed !== undefined) {
    throw new UsageError(`${path} is ${packed.what}; a bare image must be a raw disk.`, {
      hint: `Unpack it first: ${packed.unpack(path)}`,
    });
  }
}

/** @throws {UsageError} when a file of an image is absent, or has not the size that the manifest gives it. */
export async function checkComplete(path: string, sizeBytes: number): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(`A file of the image cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  if (found.size === sizeBytes) return;
  const how = found.size < sizeBytes ? 'cut short' : 'another file than the one that image.json describes';
  throw new UsageError(`${path} is ${how}: it has ${found.size} bytes, image.json says ${sizeBytes}.`, {
    hint: 'Build it again (npm run image), or copy the whole directory again.',
  });
}
