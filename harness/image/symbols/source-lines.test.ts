import { join } from 'node:path';

import { beforeEach, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { SourceLines } from './source-lines.ts';
import { compileProgram, WORK } from './testing/program.ts';

const ONE = `
static inline __attribute__((always_inline)) void inner(void) { ${WORK}; }
void outer(void) {
  inner();
}
void lines(void) {
  ${WORK};
  ${WORK};
}
__attribute__((noinline)) static void twin(void) { ${WORK}; }
void one(void) { twin(); }
int main(void) { return 0; }
static inline __attribute__((always_inline)) void middle(void) { inner(); }
static inline __attribute__((always_inline)) void upper(void) { middle(); }
void deep(void) { upper(); }
`;
/** As long as the other one, so that nobody can tell which one a trace means. */
const TWO = `__attribute__((noinline)) static void twin(void) { ${WORK}; } void two(void) { twin(); }`;

let source: SourceLines | undefined;
let place: Awaited<ReturnType<typeof compileProgram>>['place'];
let sizeOf: Awaited<ReturnType<typeof compileProgram>>['sizeOf'];

beforeEach(async () => {
  const scratch = await scratchDirectory();
  ({ place, sizeOf } = await compileProgram(scratch('.'), ONE, TWO));
  source = await SourceLines.of(scratch('vmlinux'));
});

test('a place gets its line, and what it was inlined into', async () => {
  const trace = ['Call Trace:', ` ? ${place('outer', 8)}`, ` ${place('lines', 8)}`, ''];
  expect(await source?.annotate(trace)).toEqual([
    'Call Trace:',
    `${trace[1]} at one.c:2, inlined at one.c:4`,
    `${trace[2]} at one.c:7`,
    '',
  ]);
});

test('of many levels the first and the last are named', async () => {
  const trace = [` ${place('deep', 8)}`];
  expect(await source?.annotate(trace)).toEqual([
    `${trace[0]} at one.c:2, inlined at one.c:13, …, inlined at one.c:15`,
  ]);
});

test('a call is where it was made, not where it returns to', async () => {
  const offsets = Array.from({ length: 32 }, (_, index) => index + 1);
  const linesOf = async (prefix: string, back: number): Promise<string[] | undefined> => {
    const trace = offsets.map((offset) => `[    1.5][ T80] ${prefix}${place('lines', offset - back)}`);
    return (await source?.annotate(trace))?.map((text) => text.replace(/^.* at /, ''));
  };
  const calls = await linesOf(' ', 0);
  expect(calls).toEqual(await linesOf('RIP: 0010:', 1));
  expect(new Set(calls)).toEqual(new Set(['one.c:7', 'one.c:8']));
});

test('another kernel, a module and twins get no line', async () => {
  const unknown = [
    ` ${place('lines', 8, sizeOf('lines') + 16)}`,
    ` ${place('lines', 8)} [hotfire_provoke]`,
    ` ${place('twin', 8)}`,
    ` ${place('no_such_function', 8, 64)}`,
  ];
  expect(await source?.annotate(unknown)).toEqual(unknown);
});

test('without debug information there are no lines', async () => {
  expect(await SourceLines.of(join(import.meta.dirname, 'source-lines.ts'))).toBeUndefined();
  expect(await SourceLines.of('/usr/bin/true')).toBeUndefined();
});
