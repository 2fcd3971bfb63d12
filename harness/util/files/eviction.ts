/** Something in a cache. */
export interface Kept {
  readonly name: string;
  readonly usedAtMs: number;
  readonly bytes: number;
}

const DAY_MS = 24 * 3600 * 1000;
const MAX_AGE_MS = 14 * DAY_MS;
/** A run that uses an entry says so at its beginning only, and its machines refer to the entry's disks for long. */
const IN_USE_MS = DAY_MS / 4;

/** Which to remove: those not used for two weeks, and the least recently used beyond `maxBytes` together. */
export function leastUseful(kept: readonly Kept[], nowMs: number, maxBytes: number): Kept[] {
  let bytes = 0;
  return [...kept]
    .sort((a, b) => b.usedAtMs - a.usedAtMs)
    .filter((one) => {
      bytes += one.bytes;
      const age = nowMs - one.usedAtMs;
      return age > MAX_AGE_MS || (bytes > maxBytes && age > IN_USE_MS);
    });
}

/**
 * Which to remove, the least recently used first, so that so many bytes get free.
 *
 * @returns undefined when all that may go are not enough.
 */
export function worthLessThan(bytes: number, kept: readonly Kept[], nowMs: number): Kept[] | undefined {
  const idle = kept.filter(({ usedAtMs }) => nowMs - usedAtMs > IN_USE_MS);
  const oldestFirst = idle.sort((a, b) => a.usedAtMs - b.usedAtMs);
  let freed = 0;
  const chosen = oldestFirst.filter((one) => {
    if (freed >= bytes) return false;
    freed += one.bytes;
    return true;
  });
  return freed >= bytes ? chosen : undefined;
}
