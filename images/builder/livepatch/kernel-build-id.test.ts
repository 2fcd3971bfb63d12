import { expect, test } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { kernelBuildId } from './kernel-build-id.ts';
import { SystemMap } from './system-map.ts';

const ID = '00112233445566778899aabbccddeeff01234567';

function note(type: number, name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(name.length, 0);
  header.writeUInt32LE(content.length, 4);
  header.writeUInt32LE(type, 8);
  const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  return Buffer.concat([header, padded(Buffer.from(name)), padded(content)]);
}

/** Another note of the same type, one of GNU's of another type, and the build id. */
const NOTES = Buffer.concat([
  note(3, 'Xen\0', Buffer.from('abcde')),
  note(0x100, 'GNU\0', Buffer.from('LTO')),
  note(3, 'GNU\0', Buffer.from(ID, 'hex')),
]);

function elfWithNotes(notes: Buffer): Buffer {
  const header = Buffer.alloc(64 + 2 * 56);
  header.writeUInt32BE(0x7f454c46, 0);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(2, 56);
  header.writeUInt32LE(1, 64);
  header.writeUInt32LE(4, 64 + 56);
  header.writeBigUInt64LE(BigInt(header.length), 64 + 56 + 8);
  header.writeBigUInt64LE(BigInt(notes.length), 64 + 56 + 32);
  return Buffer.concat([header, notes]);
}

const NO_SYMBOLS = new SystemMap('');

test('a build id is found among the notes of an ELF file', () => {
  expect(kernelBuildId(elfWithNotes(NOTES), NO_SYMBOLS)).toBe(ID);
});

test('a build id is found in an image as it lies in memory', () => {
  const image = Buffer.concat([Buffer.alloc(96), NOTES, Buffer.alloc(32)]);
  const end = (0x1000 + 96 + NOTES.length).toString(16);
  const symbols = new SystemMap(`1000 T _text\n1060 R __start_notes\n${end} R __stop_notes\n`);
  expect(kernelBuildId(image, symbols)).toBe(ID);
});

test('a kernel without a build id is refused', () => {
  const others = elfWithNotes(note(3, 'Xen\0', Buffer.from(ID, 'hex')));
  expect(() => kernelBuildId(others, NO_SYMBOLS)).toThrow(UsageError);
  expect(() => kernelBuildId(Buffer.alloc(128), NO_SYMBOLS)).toThrow(/no build id/);
});
