import { mkdir, rm, writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { scratchDirectory } from '../../../harness/util/testing/scratch.ts';
import { changesSince } from './changes.ts';
import { partsOf } from './imports.ts';

async function checkout() {
  const scratch = await scratchDirectory();
  const root = scratch('checkout');
  await mkdir(root);
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x@localhost'];
  const git = (...args: string[]) => execa('git', [...identity, ...args], { cwd: root });
  const write = (name: string, text = name) => writeFile(`${root}/${name}`, text);
  const commit = async (): Promise<void> => {
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'x');
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await Promise.all(['old', 'kept', 'gone'].map((name) => write(name)));
  await commit();
  await git('checkout', '--quiet', '-b', 'work');
  return { root, git, write, commit };
}

describe('changes since a branch', () => {
  it('are those of the work, committed or not, and not those of the branch', async () => {
    const { root, git, write, commit } = await checkout();
    await git('mv', 'old', 'new');
    await rm(`${root}/gone`);
    await commit();
    await git('checkout', '--quiet', 'main');
    await write('theirs');
    await commit();
    await git('checkout', '--quiet', 'work');
    await write('kept', 'otherwise');
    await write('an ä');
    expect((await changesSince(root, 'main')).sort()).toEqual(['an ä', 'gone', 'kept', 'new', 'old']);
  });

  it.each(['nowhere', '--help'])('are unknown for %s', async (ref) => {
    const { root } = await checkout();
    await expect(changesSince(root, ref)).rejects.toThrow(/What changed since "[^]*shallow clone needs/);
  });
});

it('a suite file has as parts what its helpers import, too, but nothing of the harness', async () => {
  const scratch = await scratchDirectory();
  await mkdir(scratch('suites/support'), { recursive: true });
  await writeFile(
    scratch('suites/a.suite.ts'),
    `import { x } from './support/x.ts';\nimport { suite } from '../harness/index.ts';\nimport 'node:fs';`,
  );
  await writeFile(scratch('suites/support/x.ts'), `export { y } from '../y.ts';`);
  await writeFile(scratch('suites/y.ts'), `import type { x } from './support/x.ts';`);
  expect([...(await partsOf(scratch(''), 'suites/a.suite.ts'))]).toEqual([
    ...['suites/a.suite.ts', 'suites/support/x.ts', 'suites/y.ts'],
  ]);
});
