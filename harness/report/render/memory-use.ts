import { shellQuote } from '../../process/shell-quote.ts';
import type { VmRecord } from '../schema.ts';

/**
 * The kernel places itself at random, and crash up to 8.0.6 does not know the slabs and modules of one of 2026: without them it
 * shows the log, variables, structures and memory by name.
 */
const CRASH_FLAGS = ['--kaslr=auto', '--no_kmem_cache', '--no_modules'];

export interface MemoryUse {
  readonly file: string;
  /** What to type to read it. */
  readonly command: string;
  /** What is missing for that; undefined if nothing is. */
  readonly lack: string | undefined;
}

/**
 * How to read the memory that a machine left; undefined where it left none.
 *
 * @param place of its evidence, as the reader can type it.
 */
export function memoryUse({ memory, files }: VmRecord, place: string): MemoryUse | undefined {
  if (memory === undefined || !files.includes(memory.file)) return undefined;
  const { file, vmlinux } = memory;
  return {
    file,
    command: shellQuote(['crash', ...CRASH_FLAGS, vmlinux ?? 'vmlinux', `${place}/${file}`]),
    lack:
      vmlinux === null
        ? 'no vmlinux of its kernel is known: `npm run image -- --symbols` makes the one of images built here'
        : undefined,
  };
}
