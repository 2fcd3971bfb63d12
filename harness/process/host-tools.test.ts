import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ARCHITECTURES } from '../util/architecture.ts';
import { runHostTool } from './host-tool.ts';
import { HOST_TOOLS, installHint, locateTool } from './host-tools.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A program that a call names in its source, rather than in a variable. */
const CALL = /\b(?:runHostTool|execa|spawn|execFile(?:Sync)?)\(\s*'([^'/]+)'/g;
/** Of coreutils and tar, which no Debian lacks, and of Node.js. */
const ALWAYS_THERE = ['true', 'cp', 'tar', 'npm'];

async function programsCalled(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['harness', 'images/builder', 'scripts', 'suites', 'firmware']) {
    for (const name of await readdir(join(ROOT, folder), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const source = await readFile(join(ROOT, folder, name), 'utf8');
      found.push(...Array.from(source.matchAll(CALL), ([, program]) => String(program)));
    }
  }
  return [...new Set(found)].filter((program) => !ALWAYS_THERE.includes(program));
}

describe('the table of host tools', () => {
  it('has each sign once, with package and purpose', () => {
    const signs = HOST_TOOLS.map(({ sign }) => sign);
    expect(new Set(signs).size).toBe(signs.length);
    expect(HOST_TOOLS.filter((tool) => tool.package === '' || tool.purpose === '')).toEqual([]);
  });

  it('has QEMU and firmware for every architecture', () => {
    const wanted = ARCHITECTURES.flatMap((arch) => [`qemu-system-${arch}`, `firmware:${arch}`]);
    expect(HOST_TOOLS.map(({ sign }) => sign)).toEqual(expect.arrayContaining(wanted));
  });

  it('has every program that the sources call by name', async () => {
    const called = await programsCalled();
    expect(called).toEqual(expect.arrayContaining(['qemu-img', 'setpriv']));
    const signs = HOST_TOOLS.map(({ sign }) => sign);
    expect(called.filter((program) => !signs.includes(program))).toEqual([]);
  });
});

it('a hint names the package of the program', () => {
  expect(installHint('qemu-io')).toMatch(/scripts\/setup.*package qemu-utils\./);
  expect(installHint('firmware:aarch64')).toMatch(/package qemu-efi-aarch64\./);
});

it('a program outside the table is a bug, not a hint', async () => {
  const unknown = 'no-such-program';
  await expect(runHostTool(unknown, [])).rejects.toThrow(/host-tools\.txt has no "no-such-program"/);
});

it('a file is located by its path', async () => {
  expect(await locateTool('file:/proc/self/stat')).toBe('/proc/self/stat');
  expect(await locateTool('file:/nowhere')).toBeUndefined();
});

it('what a tool says of itself is not part of its answer', async () => {
  const answer = await runHostTool('debugfs', ['-R', 'list_requests']);
  expect(answer.all).toMatch(/^debugfs \d/m);
  expect(answer.stdout).not.toMatch(/^debugfs \d/m);
});
