import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';

import { execa } from 'execa';

import { exists } from '../../harness/util/files/look.ts';
import { EXIT_CODES, type ExitCode } from '../../harness/util/errors.ts';
import type { Plan } from '../plan/schema.ts';
import { publishReports } from './results.ts';
import { shardExitCode } from './verdict.ts';

/** What has to be cleaned up after an interruption takes less; then the commands are killed. */
const GRACE_MS = 60_000;

interface Place {
  /** The checkout. */
  readonly root: string;
  /** Where the reports go besides. */
  readonly results: string | undefined;
}

/**
 * Builds the images of a shard, then runs its commands, also after one that failed. What was interrupted is not published: of
 * an earlier try, there may be more.
 *
 * @throws {InfrastructureError} when the reports can't be published.
 */
export async function runShard(
  { images, commands, reports }: Plan['shards'][number],
  { root, results }: Place,
  signal: AbortSignal,
): Promise<ExitCode> {
  const directory = resolve(root, reports);
  // What an earlier try left would pass for the report of a command that writes none.
  await rm(directory, { recursive: true, force: true });
  for (const image of images) {
    const code = await runLine(image, root, signal);
    if (code !== EXIT_CODES.passed || signal.aborted) return finish([code], signal);
  }
  const codes: (number | undefined)[] = [];
  for (const command of commands) {
    codes.push(await runLine(command, root, signal));
    if (signal.aborted) break;
  }
  if (results !== undefined && !signal.aborted && (await exists(directory))) {
    await publishReports(directory, results);
  }
  return finish(codes, signal);
}

function finish(codes: readonly (number | undefined)[], { aborted }: AbortSignal): ExitCode {
  return aborted ? EXIT_CODES.interrupted : shardExitCode(codes);
}

/** @returns the exit code; undefined when a signal ended it. */
async function runLine(line: string, cwd: string, cancelSignal: AbortSignal): Promise<number | undefined> {
  process.stdout.write(`+ ${line}\n`);
  // The shell becomes the command, which so gets the signal that ends it, also when this process dies.
  const argv = ['--pdeathsig=TERM', 'sh', '-c', `exec ${line}`];
  const { exitCode } = await execa('setpriv', argv, {
    ...{ cwd, cancelSignal, forceKillAfterDelay: GRACE_MS, reject: false },
    ...{ stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' },
  });
  return exitCode;
}
