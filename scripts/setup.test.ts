import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';

import { HOST_TOOLS } from '../harness/process/host-tools.ts';
import { which } from '../harness/process/which.ts';
import { toolChecks } from './doctor/tools.ts';

const SETUP = join(import.meta.dirname, 'setup');
const PACKAGES = new Set(HOST_TOOLS.map((tool) => tool.package));

/** The search path of a host on which dpkg knows no package and programs of the table are missing. */
async function bareHost(): Promise<string> {
  const bin = await mkdtemp(join(tmpdir(), 'hotfire-bin-'));
  onTestFinished(() => rm(bin, { recursive: true }));
  const needed = ['bash', 'env', 'dirname', 'grep', 'awk', 'sort', 'head', 'sha256sum', 'npm'];
  for (const program of needed) await symlink(String(await which(program)), join(bin, program));
  await symlink(process.execPath, join(bin, 'node'));
  await writeFile(join(bin, 'dpkg-query'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return bin;
}

it('setup --dry-run names every package of the table once', async () => {
  const { exitCode, stdout, stderr } = await execa(SETUP, ['--dry-run'], {
    env: { PATH: await bareHost() },
    extendEnv: false,
    reject: false,
  });
  expect(exitCode, stderr).toBe(0);
  const named = /packages to install: (.*)/.exec(stdout)?.[1]?.split(' ');
  if (named === undefined) {
    // Not a supported distribution: signs are looked for, and some in /usr/sbin may be there.
    const missing = Array.from(stderr.matchAll(/missing: (\S+)/g), ([, name]) => name);
    expect(missing).toContain('qemu-utils');
  } else {
    expect(named.toSorted()).toEqual([...PACKAGES].toSorted());
  }
});

it('the doctor looks for every tool but QEMU and firmware', async () => {
  const topics = (await Promise.all(toolChecks.map((check) => check()))).map(({ topic }) => topic);
  const signs = HOST_TOOLS.map(({ sign }) => sign.replace(/^file:.*\//, ''));
  const elsewhere = signs.filter((sign) => sign.startsWith('qemu-system-') || sign.startsWith('firmware:'));
  expect(topics).toEqual(signs.filter((sign) => !elsewhere.includes(sign)));
});
