import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { dir } from 'tmp-promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { InfrastructureError } from '../../../harness/util/errors.ts';
import { Events } from '../../../harness/util/events.ts';
import { Cache } from './cache.ts';
import type { BuildEvents } from './events.ts';
import type { Step } from './step.ts';

const MAKE_ENTRY = join(import.meta.dirname, 'testing/make-entry.ts');

let root: string;
let removeRoot: () => Promise<void>;

beforeEach(async () => {
  const temporary = await dir({ unsafeCleanup: true });
  root = temporary.path;
  removeRoot = temporary.cleanup;
});

afterEach(() => removeRoot());

function newCache(signal = new AbortController().signal): Cache {
  return new Cache(root, new Events<BuildEvents>(), signal);
}

function counting(overrides: Partial<Step> = {}): Step & { builds: number } {
  const step = {
    name: 'step',
    inputs: { a: 1 },
    spaceBytes: 0,
    builds: 0,
    build: async (output: string) => {
      step.builds += 1;
      await writeFile(join(output, 'result'), 'made');
    },
    ...overrides,
  };
  return step;
}

describe('a cached step', () => {
  it('is made once, and again when an input changes', async () => {
    const step = counting();
    const first = await newCache().obtain(step);
    const second = await newCache().obtain(step);
    expect(second).toEqual(first);
    expect(step.builds).toBe(1);
    expect(await readFile(join(first.directory, 'result'), 'utf8')).toBe('made');

    const changed = await newCache().obtain({ ...step, inputs: { a: 2 } });
    expect(changed.directory).not.toBe(first.directory);
    expect(step.builds).toBe(2);
  });

  it('has the same key however its inputs are ordered', async () => {
    const step = counting({ inputs: { a: 1, b: { c: 2, d: 3 } } });
    const first = await newCache().obtain(step);
    const second = await newCache().obtain({ ...step, inputs: { b: { d: 3, c: 2 }, a: 1 } });
    expect(second.directory).toBe(first.directory);
  });

  it('stands for its identity file where it has one', async () => {
    const made = (text: string): Step => ({
      name: `from mirror ${text}`,
      inputs: {},
      identityFile: 'list',
      spaceBytes: 0,
      build: (output) => writeFile(join(output, 'list'), 'same'),
    });
    const first = await newCache().obtain(made('1'));
    const second = await newCache().obtain(made('2'));
    expect(second.identity).toBe(first.identity);
    expect(second.directory).not.toBe(first.directory);
  });

  it('leaves nothing when it fails, and is made at the next try', async () => {
    const failing = counting({
      build: async (output) => {
        await writeFile(join(output, 'half'), '');
        throw new Error('broken tool');
      },
    });
    await expect(newCache().obtain(failing)).rejects.toThrow('broken tool');
    expect(await readdir(join(root, 'unfinished'))).toEqual([]);
    expect(await readdir(root)).not.toContain('entries');
    await newCache().obtain(counting());
    expect(await readdir(join(root, 'entries'))).toHaveLength(1);
  });

  it('is made by one of two builds that want it at once', async () => {
    const step = counting();
    const [first, second] = await Promise.all([newCache().obtain(step), newCache().obtain(step)]);
    expect(second).toEqual(first);
    expect(step.builds).toBe(1);
  });

  it('is not kept when the build is interrupted at its end', async () => {
    const controller = new AbortController();
    const step = counting({
      build: async (output) => {
        await writeFile(join(output, 'result'), '');
        controller.abort(new Error('interrupted'));
      },
    });
    await expect(newCache(controller.signal).obtain(step)).rejects.toThrow('interrupted');
    expect(await readdir(join(root, 'unfinished'))).toEqual([]);
  });

  it('names needed and available bytes on a full disk', async () => {
    const step = counting({ spaceBytes: 1e15 });
    const error = await newCache()
      .obtain(step)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(String(error)).toMatch(/"step": it needs 1000000000000000 bytes in .*, \d+ are available/);
    expect(step.builds).toBe(0);
  });

  it('names them too when the disk fills within the step', async () => {
    const step = counting({
      build: async (_output, { log }) => {
        await writeFile(log, 'cc1: fatal error: error writing to x.o: No space left on device\n');
        throw new Error('make exited with status 2');
      },
    });
    await expect(newCache().obtain(step)).rejects.toThrow(/The disk is too full for the step "step"/);
  });
});

describe('a build that is killed in mid-step', () => {
  it('leaves no entry; the next build sweeps and makes it', async () => {
    const killed = makeEntry('60000');
    await once(killed.stdout, 'data');
    expect(await readdir(root)).not.toContain('entries');
    expect(await readdir(join(root, 'unfinished'))).toHaveLength(1);
    killed.kill('SIGKILL');
    await killed;

    const { stdout } = await makeEntry('0');
    const directory = stdout.split('\n').at(-1) ?? '';
    expect((await readdir(directory)).sort()).toEqual(['first', 'second']);
    expect(await readdir(join(root, 'unfinished'))).toEqual([]);
  });

  it('is swept away unless another build is at work on it', async () => {
    await mkdir(join(root, 'unfinished', 'left-over'), { recursive: true });
    const working = makeEntry('60000');
    await once(working.stdout, 'data');
    await newCache().sweep();
    expect(await readdir(join(root, 'unfinished'))).toEqual([expect.stringMatching(/^greeting-/)]);
    working.kill('SIGKILL');
    await working;
  });
});

function makeEntry(pauseMs: string) {
  return execa(process.execPath, ['--import', 'tsx', MAKE_ENTRY, root, pauseMs], { reject: false });
}
