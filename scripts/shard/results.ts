import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { execa } from 'execa';

import { InfrastructureError, messageOf } from '../../harness/util/errors.ts';

/**
 * Puts the reports of a shard where those of all shards are collected, in place of those that an earlier try left. Under the
 * shard's name there are at any time all reports of one try, or none; what is not whole yet has a name that starts with a dot,
 * which the `*` of a shell leaves out.
 *
 * @param reports the directory that holds them.
 * @param results where those of all shards are collected.
 * @throws {InfrastructureError} when they can't be written there.
 */
export async function publishReports(reports: string, results: string): Promise<void> {
  const name = basename(reports);
  const [whole, unfinished, replaced] = [name, `.${name}.unfinished`, `.${name}.replaced`].map((one) =>
    join(results, one),
  ) as [string, string, string];
  try {
    await mkdir(results, { recursive: true });
    await remove(unfinished, replaced);
    // It keeps the holes of disks; who owns the files is not for every volume to keep.
    const copy = ['--recursive', '--no-dereference', '--preserve=mode,timestamps', '--sparse=auto'];
    await execa('cp', [...copy, '--', reports, unfinished], { stdin: 'ignore' });
    // A rename replaces an empty directory only.
    await rename(whole, replaced).catch(unlessAbsent);
    await rename(unfinished, whole);
    await remove(replaced);
  } catch (error) {
    throw new InfrastructureError(`Cannot put the reports into ${results}: ${messageOf(error)}.`, {
      cause: error,
      hint: 'Make room there, or give another directory with --results.',
    });
  }
}

async function remove(...paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}

function unlessAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
