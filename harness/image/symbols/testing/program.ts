import { writeFile } from 'node:fs/promises';

import { runHostTool } from '../../../process/host-tool.ts';

/** Long enough that an offset of 8 is in the middle of it on every architecture, whatever a function begins with. */
export const WORK = 'asm volatile("nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop;nop")';

/**
 * Compiles a program of two files in C, `one.c` and `two.c`, with debug information.
 *
 * @param directory is empty; the program is its `vmlinux`.
 * @returns what names a place in a function of it, as a kernel's trace does; the size can be another one than it has.
 */
export async function compileProgram(directory: string, one: string, two: string) {
  await writeFile(`${directory}/one.c`, one);
  await writeFile(`${directory}/two.c`, two);
  const options = ['-g', '-O1', `-fdebug-prefix-map=${directory}=.`, '-o', 'vmlinux'];
  await runHostTool('g++', [...options, '-x', 'c', 'one.c', '-x', 'c', 'two.c'], { cwd: directory });
  const { stdout } = await runHostTool('eu-nm', ['--format=posix', `${directory}/vmlinux`]);
  const sizes = sizesIn(stdout);
  const sizeOf = (name: string): number => sizes.get(name) ?? 0;
  const place = (name: string, offset: number, size = sizeOf(name)): string =>
    `${name}+0x${offset.toString(16)}/0x${size.toString(16)}`;
  return { place, sizeOf };
}

/** Up to the next symbol. */
function sizesIn(listing: string): Map<string, number> {
  const symbols = [...listing.matchAll(/^(\S+) \w ([0-9a-f]+)/gm)].map(([, name = '', address = '']) => ({
    name,
    at: parseInt(address, 16),
  }));
  const nextAfter = (at: number): number =>
    Math.min(...symbols.map((one) => one.at).filter((one) => one > at));
  return new Map(symbols.map(({ name, at }) => [name, nextAfter(at) - at]));
}
