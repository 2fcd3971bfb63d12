import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { InfrastructureError } from '../util/errors.ts';
import { findQemu, isOlder, parseVersion } from './binary.ts';

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'hotfire-bin-'));
});
afterEach(async () => {
  await rm(bin, { recursive: true });
});

async function install(script: string, mode = 0o755): Promise<string> {
  const path = join(bin, 'qemu-system-x86_64');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode });
  return path;
}

it('finds the emulator in PATH and reads its version', async () => {
  const path = await install("echo 'QEMU emulator version 10.0.3 (Debian 1:10.0.3+ds-1)'");
  const version = { major: 10, minor: 0, micro: 3 };
  expect(await findQemu('x86_64', `/nowhere:${bin}`)).toEqual({ path, arch: 'x86_64', version });
});

it.each([
  ['that is absent', undefined, 0o755, /There is no qemu-system-x86_64 in PATH/],
  ['that is not executable', "echo 'QEMU emulator version 8.2.0'", 0o644, /There is no/],
  [
    'that is too old',
    "echo 'QEMU emulator version 6.2.0 (Debian 1:6.2)'",
    0o755,
    /is QEMU 6\.2\.0; Hotfire needs 7\.2\.0/,
  ],
  ['that does not run', 'exit 127', 0o755, /Could not determine the version of .*: .*exit code 127/],
  [
    'that is something else',
    'echo hello',
    0o755,
    /Could not determine the version of .*: it printed "hello"/,
  ],
])('refuses one %s, with the package to install', async (_what, script, mode, message) => {
  if (script !== undefined) await install(script, mode);
  const finding = findQemu('x86_64', bin);
  await expect(finding).rejects.toThrow(message);
  await expect(finding).rejects.toThrow(/package qemu-system-x86\./);
  await expect(finding).rejects.toBeInstanceOf(InfrastructureError);
});

it('compares versions by number, not by text', () => {
  expect(isOlder({ major: 7, minor: 2, micro: 0 }, { major: 10, minor: 0, micro: 0 })).toBe(true);
  expect(isOlder({ major: 7, minor: 10, micro: 0 }, { major: 7, minor: 2, micro: 22 })).toBe(false);
  expect(isOlder({ major: 7, minor: 2, micro: 22 }, { major: 7, minor: 2, micro: 22 })).toBe(false);
  expect(parseVersion('QEMU emulator version 11.0.50 (v11.0)')).toEqual({ major: 11, minor: 0, micro: 50 });
});
