import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { Workplace } from './testing/workplace.ts';

const harness = (path: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../../../harness/${path}`, import.meta.url)));

/** A machine whose disk is served can't be forked, which shows before its image is looked at. */
const MACHINE = `
  const { Machines } = await import(${harness('fixtures/machines.ts')});
  const { templateOf } = await import(${harness('fixtures/templates.ts')});
  const { generic } = await import(${harness('os/generic.ts')});
  const image = { path: '/image', profile: generic, capabilities: new Set(), disks: [] };
  const { signal } = new AbortController();
  const disk = { name: 'served' };`;

describe('forks of machines that can not be forked', { timeout: 360_000 }, () => {
  it('are reported and left out where they are preferred', async (context) => {
    const place = await Workplace.create(context, {
      'forks/a.suite.ts': `${MACHINE}
        const tests = suite();
        tests('prefers a fork', async () => {
          expect(await templateOf({ image, disk }, signal, { demand: 'preferred' })).toBeUndefined();
          expect(await templateOf({ image, disk }, signal)).toBeUndefined();
        });`,
    });
    const { exitCode, stdout } = await place.run();
    expect(stdout).toContain(
      "machines are booted instead of forked: The machine can't be frozen: its disk is served",
    );
    expect(stdout.match(/booted instead/g)).toHaveLength(1);
    expect(exitCode).toBe(0);
  });

  it('fail their test at once where they are demanded', async (context) => {
    const place = await Workplace.create(context, {
      'forks/a.suite.ts': `${MACHINE}
        const tests = suite();
        tests('demands a fork', () => new Machines(image, () => 'name', signal).fork({ disk }, { demand: 'demanded' }));`,
    });
    const { exitCode, stdout } = await place.run();
    expect(stdout).toContain("The machine can't be frozen: its disk is served over NBD");
    expect(stdout).not.toMatch(/booted instead|tried once more/);
    expect(exitCode).toBe(69);
  });

  it('never take the place of a failure of the host', async (context) => {
    const scratch = await scratchDirectory();
    const cache = scratch('cache');
    await mkdir(`${cache}/templates`, { recursive: true, mode: 0o700 });
    await writeFile(`${cache}/templates/unfinished`, 'where a directory is wanted');
    const place = await Workplace.create(context, {
      'forks/a.suite.ts': `${MACHINE}
        process.env.HOTFIRE_CACHE = ${JSON.stringify(cache)};
        const { openImage } = await import(${harness('image/open.ts')});
        const { unbootableDisk } = await import(${harness('image/testing/unbootable-disk.ts')});
        const tests = suite();
        tests('prefers a fork', async () => {
          const image = await openImage(await unbootableDisk());
          await templateOf({ image }, signal);
        });`,
    });
    const { exitCode, stdout } = await place.run();
    expect(stdout).toMatch(/Cannot keep a template in .*unfinished/);
    expect(stdout).not.toContain('booted instead');
    expect(exitCode).toBe(69);
  });
});
