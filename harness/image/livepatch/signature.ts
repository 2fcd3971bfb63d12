import { UsageError } from '../../util/errors.ts';

/** What the kernel looks for at the end of a module (MODULE_SIGNATURE_MARKER). */
const MARKER = Buffer.from('~Module signature appended~\n');
/** Size of struct module_signature, before the marker, whose last four bytes are the signature's size, big-endian. */
const TRAILER_BYTES = 12;

/**
 * A module as it was before it was signed.
 *
 * @throws {UsageError} for one without a signature.
 */
export function withoutSignature(module: Buffer): Buffer {
  const marker = module.length - MARKER.length;
  const trailer = marker - TRAILER_BYTES;
  if (trailer > 0 && module.subarray(marker).equals(MARKER)) {
    const start = trailer - module.readUInt32BE(marker - 4);
    if (start > 0) return module.subarray(0, start);
  }
  throw new UsageError('The module bears no signature that could be taken off.');
}
