import { expect } from '../../../harness/index.ts';
import type { RunContainer } from '../../../harness/index.ts';
import { inside } from '../../support/workload.ts';

/** What came of one attempt; both are null where nothing refused it. */
interface Attempt {
  readonly attempt: string;
  readonly errno: string | null;
  /** What killed it; or why it could not be tried. */
  readonly signal: string | null;
}

/** Attempts that a container without any guard is let do: proof that they are real ones. */
export const harmfulInPrivileged = [
  'unshare mount namespace',
  'unshare network namespace',
  'unshare pid namespace',
  'mount',
  'fsopen',
  'packet socket',
  'sethostname',
  'write /proc/sys/kernel/core_pattern',
  'read /dev/vda',
  'open a disk by a node made for it',
];

/** Tries what a container must not do: all of it, or what is named. */
export async function probe(container: RunContainer, attempts: readonly string[] = []): Promise<Attempt[]> {
  const { stdout, stderr, exitCode } = await inside(container, 'probe', ...attempts);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Attempt);
}
