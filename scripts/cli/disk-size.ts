import { UsageError } from '../../harness/util/errors.ts';

const UNIT_BYTES: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
/** The largest that QEMU and a file system of the host are sure to take. */
const MAX_BYTES = 8 * 2 ** 40;

export const DISK_SIZE_FLAG = {
  value: 'SIZE',
  help: "Size of the machine's first disk, such as 8G or 8192M; default: that of the image, which stays as it is.",
} as const;

/**
 * The number of bytes in a size such as 8G, 8192M or 8GiB, whose units are powers of 1024.
 *
 * @throws {UsageError}
 */
export function parseDiskSize(text: string): number {
  const match = /^([1-9]\d{0,12})([MGT])(?:iB)?$/i.exec(text);
  const bytes = Number(match?.[1]) * (UNIT_BYTES[match?.[2]?.toUpperCase() ?? ''] ?? NaN);
  if (bytes <= MAX_BYTES) return bytes;
  throw new UsageError(`--disk-size ${text}: it must be a whole number with the unit M, G or T, up to 8T.`, {
    hint: 'For example 8G, which is the same as 8192M.',
  });
}
