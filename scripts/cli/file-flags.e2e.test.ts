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
