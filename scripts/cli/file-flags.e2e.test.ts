import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { expect, it } from 'vitest';

import { bootableDisk } from '../../harness/image/testing/bootable-disk.ts';
import { scratchDirectory } from '../../harness/util/testing/scratch.ts';

const ROOT = join(import.meta.dirname, '../..');

it.each([
  ['test --image FIFO'],
  ['test --image DISK --next-image FIFO'],
  ['test --image DISK --profile FIFO'],
  ['vm --image FIFO'],
  ['vm --image DISK --profile FIFO'],
  ['vm --user-data FIFO'],
  ['bench boot --image FIFO'],
])('npm run %s is refused at once', { timeout: 30_000 }, async (words) => {
  const scratch = await scratchDirectory();
  const paths: Record<string, string> = { FIFO: scratch('fifo'), DISK: scratch('disk.img') };
  await writeFile(scratch('disk.img'), bootableDisk());
  await execa('mkfifo', [scratch('fifo')]);
  const [command, ...args] = words.split(' ').map((word) => paths[word] ?? word);
  const { exitCode, stderr } = await execa(
    process.execPath,
    ['--import', 'tsx', `scripts/${command}.ts`, ...args],
    { cwd: ROOT, reject: false, stdin: 'ignore', timeout: 20_000 },
  );
  expect(stderr).toContain(`error: ${scratch('fifo')} is a FIFO, not a file.`);
  expect(exitCode).toBe(64);
});

it.each(['/proc/nowhere', '/dev/null/below', '/sys/nowhere'])(
  'a cache at %s is refused at once, as a fault of the host',
  { timeout: 30_000 },
  async (path) => {
    const { exitCode, stderr } = await execa(process.execPath, ['--import', 'tsx', 'scripts/image.ts'], {
      ...{ cwd: ROOT, reject: false, stdin: 'ignore', timeout: 20_000, env: { HOTFIRE_CACHE: path } },
    });
    expect(stderr).toMatch(/^error: Cannot make the directory .*\n {2}Name one on a disk/);
    expect(exitCode).toBe(69);
  },
);
