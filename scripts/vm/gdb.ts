import { kernelSymbols, type KernelSymbols } from '../../harness/image/symbols/kernel-symbols.ts';
import type { Image } from '../../harness/image/open.ts';
import { shellQuote } from '../../harness/process/shell-quote.ts';
import { hostArchitecture } from '../../harness/util/architecture.ts';
import { cacheLocation } from '../../harness/util/files/cache-location.ts';

/** What to type to debug a machine that waits at the socket, and what is known of its symbols, a line each. */
export async function debuggerUses(
  socket: string,
  image: Pick<Image, 'arch' | 'manifest' | 'directory'>,
  cache = cacheLocation(),
): Promise<string[]> {
  const gdb = image.arch === hostArchitecture() ? 'gdb' : 'gdb-multiarch';
  const symbols = await kernelSymbols(image, cache);
  const file = symbols.vmlinux === undefined ? [] : [symbols.vmlinux];
  const command = [gdb, '-ex', `target remote ${socket}`, ...file];
  return [`the machine waits for a debugger: ${shellQuote(command)}`, aboutSymbols(symbols, image)];
}

function aboutSymbols({ vmlinux, systemMap }: KernelSymbols, { arch }: Pick<Image, 'arch'>): string {
  if (vmlinux !== undefined) {
    return 'The kernel places itself at random unless its command line has nokaslr; symbols fit without that only.';
  }
  const elsewhere = systemMap === undefined ? '' : ` Addresses are in ${systemMap}.`;
  return `No vmlinux of this kernel is known, so gdb has no symbols: \`npm run image -- --arch ${arch} --symbols\` makes the one of images built here; put another one beside its image.${elsewhere}`;
}
