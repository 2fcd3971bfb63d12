import { randomInt } from 'node:crypto';

import type { Livepatch } from './open.ts';
import { withoutSignature } from './signature.ts';

/** What can be wrong with a live patch on its way to a machine, one thing at a time. What takes a key to make, the builder makes. */

/** Nobody has signed it. */
export function unsigned({ metadata, content }: Livepatch): Livepatch {
  return { metadata, content: withoutSignature(content) };
}

/**
 * One byte of what is signed is another.
 *
 * @param atByte default: anywhere.
 */
export function altered({ metadata, content }: Livepatch, atByte?: number): Livepatch {
  const at = atByte ?? randomInt(withoutSignature(content).length);
  const other = Buffer.from(content);
  other.writeUInt8(other.readUInt8(at) ^ 0xff, at);
  return { metadata, content: other };
}

/** Only its first half has come. */
export function truncated({ metadata, content }: Livepatch): Livepatch {
  return { metadata, content: content.subarray(0, content.length / 2) };
}

/** Text in place of the module. */
export function notAModule({ metadata }: Livepatch): Livepatch {
  return { metadata, content: Buffer.from('This is no kernel module.\n') };
}

/** A good module under the name of another patch. */
export function misnamed({ metadata, content }: Livepatch, name: string): Livepatch {
  return { metadata: { ...metadata, name, module: name.replaceAll('-', '_') }, content };
}
