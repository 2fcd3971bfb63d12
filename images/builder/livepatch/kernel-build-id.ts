import { UsageError } from '../../../harness/util/errors.ts';
import type { SystemMap } from './system-map.ts';

/** Segments with notes (System V gABI, chapter 5). */
const PT_NOTE = 4;
/** The note in which the linker puts a hash of all that it has linked (NT_GNU_BUILD_ID of elf.h). */
const NT_GNU_BUILD_ID = 3;
const GNU = 'GNU\0';

/**
 * What tells a kernel from every other: the linker's hash of all that is in it, the certificate for modules included. The
 * running kernel shows the same in /sys/kernel/notes.
 *
 * @param kernel vmlinux as an ELF file, or, for machines that boot it as it lies in memory, arm64's `Image`.
 * @returns lower-case hexadecimal.
 * @throws {UsageError} for a kernel that was linked without.
 */
export function kernelBuildId(kernel: Buffer, symbols: SystemMap): string {
  const notes = isElf(kernel) ? noteSegments(kernel) : [notesInMemory(kernel, symbols)];
  for (const segment of notes) {
    const id = findBuildId(segment);
    if (id !== undefined) return id;
  }
  throw new UsageError('The kernel has no build id, so no live patch can say that it is for it.', {
    hint: 'The linker writes it with --build-id, which is what the kernel asks for by default.',
  });
}

function isElf(file: Buffer): boolean {
  return file.length >= 64 && file.readUInt32BE(0) === 0x7f454c46;
}

function noteSegments(file: Buffer): Buffer[] {
  const start = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_unused, index) => start + index * size)
    .filter((header) => file.readUInt32LE(header) === PT_NOTE)
    .map((header) => {
      const offset = Number(file.readBigUInt64LE(header + 8));
      return file.subarray(offset, offset + Number(file.readBigUInt64LE(header + 32)));
    });
}

/** The file begins with what is at `_text`. */
function notesInMemory(file: Buffer, symbols: SystemMap): Buffer {
  const [base, start, end] = ['_text', '__start_notes', '__stop_notes'].map((name) =>
    symbols.addressOf(name),
  );
  if (base === undefined || start === undefined || end === undefined) return Buffer.alloc(0);
  return file.subarray(Number(start - base), Number(end - base));
}

function findBuildId(notes: Buffer): string | undefined {
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameBytes, contentBytes, type] = [at, at + 4, at + 8].map((offset) =>
      notes.readUInt32LE(offset),
    ) as [number, number, number];
    const content = at + 12 + padded(nameBytes);
    const name = notes.toString('latin1', at + 12, at + 12 + nameBytes);
    if (type === NT_GNU_BUILD_ID && name === GNU)
      return notes.toString('hex', content, content + contentBytes);
    at = content + padded(contentBytes);
  }
  return undefined;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
