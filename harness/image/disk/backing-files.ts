import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { parseQcow2Header, type Qcow2Header } from '../../disk/qcow2/header.ts';
import { messageOf, UsageError } from '../../util/errors.ts';
import { requireReadableFile } from './file-kind.ts';
import { convertCommand, formatOf } from './formats.ts';

/** Real chains have a handful of files; one that is longer names itself. */
const MAX_BACKING_FILES = 32;
const MAX_HEADER_BYTES = 64 * 1024;
/** As QEMU recognizes what is no path but a protocol: a colon before any slash. */
const PROTOCOL = /^[^/]*:/;

/**
 * The files that a qcow2 disk is read from besides its own, each of them checked, the next one first. QEMU opens what a disk
 * names, so a name that isn't a plain path is refused.
 *
 * @throws {UsageError} that names the file that is missing, unreadable or of a format that can't be read.
 */
export async function backingFilesOf(path: string): Promise<string[]> {
  const files: string[] = [];
  for (let overlay = path; ;) {
    const header = await readQcow2Header(overlay);
    const name = header.backingName && (await readName(overlay, header.backingName));
    if (name === undefined) return files;
    const file = await requireBackingFile(overlay, name);
    files.push(file);
    if (files.length > MAX_BACKING_FILES) {
      throw new UsageError(
        `${path} has more than ${MAX_BACKING_FILES} backing files behind one another, or they go round in a circle: ` +
          `${files.slice(0, 3).join(', ')}, …`,
        { hint: 'Make one disk of it: qemu-img convert, or qemu-img rebase.' },
      );
    }
    if ((await backingFormat(overlay, header, file)) === 'raw') return files;
    overlay = file;
  }
}

async function requireBackingFile(overlay: string, name: string): Promise<string> {
  const hint = `Put it there, or name another one: qemu-img rebase -u -F FORMAT -b FILE ${overlay}`;
  if (PROTOCOL.test(name)) {
    throw new UsageError(`${overlay} names its backing file as "${name}", which is not a path.`, { hint });
  }
  const file = resolve(dirname(overlay), name);
  const found = await stat(file).catch((error: unknown) => {
    throw new UsageError(`The backing file ${file} of ${overlay} is missing: ${messageOf(error)}.`, {
      cause: error,
      hint,
    });
  });
  await requireReadableFile(file, found);
  return file;
}

/** What is recorded counts, as for QEMU; else the content. */
async function backingFormat(overlay: string, header: Qcow2Header, file: string): Promise<'raw' | 'qcow2'> {
  const found = header.backingFormat ?? (await formatByContent(file));
  if (found === 'raw' || found === 'qcow2') return found;
  throw new UsageError(`The backing file ${file} of ${overlay} is ${found}; it must be raw or qcow2.`, {
    hint: `Make one disk of both: ${convertCommand(overlay, 'qcow2')}`,
  });
}

async function formatByContent(file: string): Promise<string> {
  const format = formatOf(file, await readStart(file), Buffer.alloc(0));
  return format.kind === 'qcow2' ? 'qcow2' : format.kind === 'foreign' ? format.what : 'raw';
}

/** @throws {UsageError} for a damaged header, and for what of the format isn't read. */
export async function readQcow2Header(path: string): Promise<Qcow2Header> {
  const convert = `Make a plain disk of it: ${convertCommand(path, 'qcow2')}`;
  let header: Qcow2Header;
  try {
    header = parseQcow2Header(await readStart(path));
  } catch (error) {
    throw new UsageError(`${path} begins as a qcow2 disk, but its header is damaged: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Get it again: a download may have ended early.',
    });
  }
  if (header.version < 2 || header.version > 3) {
    throw new UsageError(`${path} is a qcow2 disk of version ${header.version}; 2 and 3 can be read.`, {
      hint: convert,
    });
  }
  if (header.isEncrypted) throw new UsageError(`${path} is encrypted.`, { hint: convert });
  if (header.hasExternalData) {
    throw new UsageError(`${path} keeps its data in another file.`, { hint: convert });
  }
  return header;
}

async function readName(path: string, place: { offset: number; lengthBytes: number }): Promise<string> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(place.lengthBytes),
    0,
    place.lengthBytes,
    place.offset,
  );
  return buffer.toString('utf8', 0, bytesRead);
}

async function readStart(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
