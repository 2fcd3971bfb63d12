import { UsageError } from '../../util/errors.ts';
import type { Credential } from './channels.ts';

/** systemd's rule: a name of a file, 255 bytes at most, and of a descriptor, so printable ASCII without a colon. */
const NAME = /^(?!\.{1,2}$)[ -9;-~]{1,255}$/;

/**
 * QEMU refuses SMBIOS tables of more than 65,535 bytes for a PC ("SMBIOS 2.1 table length … exceeds 65535"). What is
 * left is for its own structures.
 */
const MAX_STRINGS_BYTES = 60 * 1024;

/** @throws {UsageError} for names that systemd would ignore or that repeat, and for more than the machine can hold. */
export function checkCredentials(credentials: readonly Credential[]): void {
  const names = new Set<string>();
  for (const { name } of credentials) {
    // "=" ends the name in an SMBIOS string.
    if (!NAME.test(name) || name.includes('/') || name.includes('=')) {
      throw new UsageError(
        `${JSON.stringify(name)} can't be the name of a credential: 1 to 255 printable ASCII characters except "/", ":" and "=".`,
      );
    }
    if (names.has(name)) throw new UsageError(`The credential "${name}" is given twice.`);
    names.add(name);
  }
  const sizeBytes = credentials.reduce((sum, credential) => sum + oemString(credential).length, 0);
  if (sizeBytes > MAX_STRINGS_BYTES) {
    throw new UsageError(
      `The credentials take ${sizeBytes} bytes in SMBIOS, in base64; at most ${MAX_STRINGS_BYTES} fit.`,
    );
  }
}

/** The SMBIOS OEM string from which systemd takes the credential: systemd(1), "io.systemd.credential.binary". */
export function oemString({ name, content }: Credential): string {
  return `io.systemd.credential.binary:${name}=${Buffer.from(content).toString('base64')}`;
}
