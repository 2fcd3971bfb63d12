import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hostArchitecture } from '../../harness/util/architecture.ts';
import { EXIT_CODES } from '../../harness/util/errors.ts';
import type { Finding } from './finding.ts';

const DOCTOR = join(import.meta.dirname, '../doctor.ts');

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'hotfire-bin-'));
});
afterEach(async () => {
  await rm(bin, { recursive: true });
});

const doctor = (args: string[], env: Record<string, string> = {}) =>
  execa(process.execPath, ['--import', 'tsx', DOCTOR, ...args], { reject: false, env });

describe('npm run doctor', () => {
  it('exits 69 on a host without QEMU and names the package to install', async () => {
    await symlink(process.execPath, join(bin, 'node'));
    const { exitCode, stdout } = await doctor(['--json'], { PATH: bin });
    expect(exitCode).toBe(EXIT_CODES.infrastructure);
    const { ready, findings } = JSON.parse(stdout) as { ready: boolean; findings: Finding[] };
    expect(ready).toBe(false);
    expect(findings).toContainEqual({
      topic: `QEMU for ${hostArchitecture()}`,
      essential: true,
      state: 'missing',
      found: `There is no qemu-system-${hostArchitecture()} in PATH.`,
      details: [],
      hint: expect.stringMatching(/scripts\/setup.*package qemu-system-/) as unknown,
    });
  });

  it('names the package of each missing tool', async () => {
    const { stdout } = await doctor(['--json'], { PATH: bin });
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const missing = findings.filter(({ topic }) => topic === 'qemu-io' || topic === 'zstd');
    expect(missing.map(({ hint }) => hint)).toEqual([
      expect.stringContaining('package qemu-utils'),
      expect.stringContaining('package zstd'),
    ]);
  });

  it('has a hint for everything that is not good', async () => {
    const { stdout } = await doctor(['--json'], { PATH: bin, HOTFIRE_CACHE: '/proc/nowhere' });
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const gaps = findings.filter(({ state }) => state !== 'good');
    expect(gaps.map(({ topic }) => topic)).toContain('disk of the image cache');
    expect(gaps.filter(({ hint }) => hint === undefined)).toEqual([]);
  });
});
