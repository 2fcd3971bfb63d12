import { sha256 } from '../../../harness/util/files/sha256.ts';

/**
 * An identifier that is decided by what it identifies, so that building again gives the same bytes: the SHA-256 of seed
 * and purpose in the shape of a version 4 UUID (as Bottlerocket's rpm2img does).
 */
export function deriveUuid(seed: string, purpose: string): string {
  const bytes = Buffer.from(sha256(`${seed}|${purpose}`), 'hex');
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidOf(bytes.toString('hex', 0, 16));
}

/** @param hex 32 hexadecimal digits, taken in the order in which a UUID is written. */
export function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The serial number of a FAT volume: eight hexadecimal digits. */
export function deriveVolumeId(seed: string, purpose: string): string {
  return sha256(`${seed}|${purpose}`).slice(0, 8);
}
