import { join } from 'node:path';

import { cacheLocation } from '../util/files/cache-location.ts';
import { exists, namesIn } from '../util/files/look.ts';
import { sha256OfFile } from '../util/files/sha256.ts';
import type { Image } from './open.ts';

/** The entries of the cache that hold a kernel, beside those that hold its source. */
const KERNEL_ENTRY = /^kernel-(?!source-)/;

/** What is known of the kernel that an image boots: paths of files on this host. */
export interface KernelSymbols {
  /** With the symbols that debuggers want. */
  readonly vmlinux?: string;
  /** Addresses and names alone. */
  readonly systemMap?: string;
}

/** Looks beside the image, and for its very kernel in the cache of what was built. */
export async function kernelSymbols(
  image: Pick<Image, 'manifest' | 'directory'>,
  cache = cacheLocation(),
): Promise<KernelSymbols> {
  const kernel = await kernelOf(image, cache);
  const vmlinux = await firstOf([
    join(image.directory, 'vmlinux'),
    ...(kernel === undefined ? [] : [join(kernel, 'vmlinux')]),
  ]);
  return {
    ...(vmlinux !== undefined && { vmlinux }),
    ...(kernel !== undefined && { systemMap: join(kernel, 'System.map') }),
  };
}

/** The entry whose kernel the image has. */
async function kernelOf({ manifest }: Pick<Image, 'manifest'>, cache: string): Promise<string | undefined> {
  const wanted = manifest?.kernel?.image.sha256;
  if (wanted === undefined) return undefined;
  for (const name of (await namesIn(join(cache, 'entries'))).filter((one) => KERNEL_ENTRY.test(one))) {
    const entry = join(cache, 'entries', name);
    const kernel = join(entry, 'vmlinuz');
    if ((await exists(kernel)) && (await sha256OfFile(kernel)) === wanted) return entry;
  }
  return undefined;
}

async function firstOf(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await exists(path)) return path;
  return undefined;
}
