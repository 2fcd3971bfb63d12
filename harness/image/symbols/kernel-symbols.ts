import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cacheLocation } from '../../util/files/cache-location.ts';
import { exists, namesIn } from '../../util/files/look.ts';
import { sha256OfFile } from '../../util/files/sha256.ts';
import type { Image } from '../open.ts';

/** The kernel as an ELF file with its debug information. */
export const VMLINUX = 'vmlinux';
/** Of an entry of the cache that holds symbols: the SHA-256 of the kernel as it is booted. */
export const KERNEL_DIGEST_FILE = 'vmlinuz.sha256';

/** The entries of the cache that hold debug information. */
const SYMBOLS_ENTRY = /^kernel-symbols-/;
/** Those that hold a kernel. */
const KERNEL_ENTRY = /^kernel-(?!source-|symbols-)/;

/** What is known of the kernel that an image boots: paths of files on this host. */
export interface KernelSymbols {
  /** With the symbols and source lines that debuggers want. */
  readonly vmlinux?: string;
  /** Addresses and names alone. */
  readonly systemMap?: string;
}

type BootedKernel = Pick<Image, 'manifest' | 'directory'>;

/** Looks beside the image, and for its very kernel in the cache of what was built. */
export async function kernelSymbols(image: BootedKernel, cache = cacheLocation()): Promise<KernelSymbols> {
  const vmlinux = await vmlinuxOf(image, cache);
  const kernel = await entryOf(image, cache, KERNEL_ENTRY, (entry) => sha256OfFile(join(entry, 'vmlinuz')));
  return {
    ...(vmlinux !== undefined && { vmlinux }),
    ...(kernel !== undefined && { systemMap: join(kernel, 'System.map') }),
  };
}

/** The same for those who want `vmlinux` alone: no kernel is read for it. */
export async function vmlinuxOf(image: BootedKernel, cache = cacheLocation()): Promise<string | undefined> {
  const beside = join(image.directory, VMLINUX);
  if (await exists(beside)) return beside;
  const entry = await entryOf(image, cache, SYMBOLS_ENTRY, statedDigest);
  return entry === undefined ? undefined : join(entry, VMLINUX);
}

type DigestOf = (entry: string) => Promise<string>;

async function statedDigest(entry: string): Promise<string> {
  return (await readFile(join(entry, KERNEL_DIGEST_FILE), 'utf8')).trim();
}

/** The entry of such a name that is of the image's kernel. One without a digest is of none. */
async function entryOf(
  { manifest }: BootedKernel,
  cache: string,
  wanted: RegExp,
  digestOf: DigestOf,
): Promise<string | undefined> {
  const digest = manifest?.kernel?.image.sha256;
  if (digest === undefined) return undefined;
  for (const name of (await namesIn(join(cache, 'entries'))).filter((one) => wanted.test(one))) {
    const entry = join(cache, 'entries', name);
    if ((await digestOf(entry).catch(() => undefined)) === digest) return entry;
  }
  return undefined;
}
