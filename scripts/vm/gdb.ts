import { join } from 'node:path';

import type { Image } from '../../harness/image/open.ts';
import { shellQuote } from '../../harness/process/shell-quote.ts';
import { hostArchitecture } from '../../harness/util/architecture.ts';
import { cacheLocation } from '../../harness/util/files/cache-location.ts';
import { exists, namesIn } from '../../harness/util/files/look.ts';
import { sha256OfFile } from '../../harness/util/files/sha256.ts';

/** The entries of the cache that hold a kernel, beside those that hold its source. */
const KERNEL_ENTRY = /^kernel-(?!source-)/;

/** What to type to debug a machine that waits at the socket, and what is known of its symbols, a line each. */
export async function debuggerUses(
  socket: string,
  image: Pick<Image, 'arch' | 'manifest' | 'directory'>,
  cache = cacheLocation(),
): Promise<string[]> {
  const gdb = image.arch === hostArchitecture() ? 'gdb' : 'gdb-multiarch';
  const kernel = await kernelOf(image, cache);
  const symbols = await firstOf([
    join(image.directory, 'vmlinux'),
    ...(kernel ? [join(kernel, 'vmlinux')] : []),
  ]);
  const command = [gdb, '-ex', `target remote ${socket}`, ...(symbols === undefined ? [] : [symbols])];
  return [`the machine waits for a debugger: ${shellQuote(command)}`, aboutSymbols(symbols, kernel)];
}

function aboutSymbols(symbols: string | undefined, kernel: string | undefined): string {
  if (symbols !== undefined) {
    return 'The kernel places itself at random unless its command line has nokaslr; symbols fit without that only.';
  }
  const elsewhere = kernel === undefined ? '' : ` Addresses are in ${join(kernel, 'System.map')}.`;
  return `No vmlinux of this kernel is kept, so gdb has no symbols; put one beside the image.${elsewhere}`;
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
