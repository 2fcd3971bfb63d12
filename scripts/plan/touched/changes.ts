import { execa } from 'execa';

import { UsageError } from '../../../harness/util/errors.ts';

/**
 * What a checkout has changed since it left `ref`: in commits, and in files that are not committed. A file that was renamed
 * has two paths.
 *
 * @returns paths in the checkout.
 * @throws {UsageError} when git does not know where that was.
 */
export async function changesSince(root: string, ref: string): Promise<string[]> {
  const git = async (...args: string[]): Promise<string> => {
    const { failed, stdout, shortMessage, stderr } = await execa('git', args, { cwd: root, reject: false });
    if (!failed) return stdout;
    throw new UsageError(`What changed since "${ref}" is not known: ${stderr.trim() || shortMessage}.`, {
      hint: 'Name a branch or commit that git has here; a shallow clone needs: git fetch --unshallow.',
    });
  };
  const start = await git('merge-base', '--end-of-options', ref, 'HEAD');
  const [tracked, untracked] = await Promise.all([
    git('diff', '--name-only', '--no-renames', '-z', start),
    git('ls-files', '--others', '--exclude-standard', '-z'),
  ]);
  return `${tracked}${untracked}`.split('\0').filter((path) => path !== '');
}
