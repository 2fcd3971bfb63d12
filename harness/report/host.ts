import { cpus, release, totalmem, type } from 'node:os';

import { execa } from 'execa';

import type { RunReport } from './schema.ts';

const GIT_TIMEOUT_MS = 10_000;

export function describeHost(): RunReport['host'] {
  return {
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
    cpus: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
  };
}

/** The commit that is checked out at `directory`; null without git or outside a work tree. */
export async function describeCommit(directory: string): Promise<RunReport['commit']> {
  const git = (...args: string[]) =>
    execa('git', args, { cwd: directory, reject: false, timeout: GIT_TIMEOUT_MS, stdin: 'ignore' });
  const [head, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')]);
  if (head.failed || status.failed) return null;
  return { id: head.stdout, modified: status.stdout !== '' };
}
