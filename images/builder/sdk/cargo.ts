import { join } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';
import { digestOfTree } from '../cache/digest.ts';
import type { StepContext } from '../cache/step.ts';
import { syncTree } from '../cache/sync-tree.ts';
import type { SdkRunOptions } from './run.ts';

/** Identity of a cargo workspace's sources. */
export function digestOfSources(workspace: string): Promise<string> {
  return digestOfTree(workspace, isSource);
}

/**
 * Brings a copy of a workspace into `os/` of a work directory.
 *
 * @param digest of the sources, as the caller took it.
 * @throws {UsageError} when they changed since.
 */
export async function copySources(workspace: string, work: string, digest: string): Promise<void> {
  await syncTree(workspace, join(work, 'os'), isSource);
  if ((await digestOfTree(join(work, 'os'))) !== digest) {
    throw new UsageError(
      `The sources in ${workspace} changed while they were being built; build them again.`,
    );
  }
}

function isSource(path: string): boolean {
  return !/(^|\/)target$/.test(path);
}

/** Cargo in the SDK. All its paths are those of the SDK, the same on every host, so none of the host's gets in. */
export function cargoOptions(
  work: string,
  context: StepContext,
): StepContext & Pick<Required<SdkRunOptions>, 'network' | 'directory' | 'env' | 'mounts'> {
  return {
    ...context,
    network: true,
    directory: '/hotfire/os',
    env: {
      CARGO_HOME: '/hotfire/work/cargo',
      CARGO_TARGET_DIR: '/hotfire/work/target',
      CARGO_TERM_COLOR: 'never',
    },
    mounts: [
      { host: join(work, 'os'), sdk: '/hotfire/os' },
      { host: work, sdk: '/hotfire/work', writable: true },
    ],
  };
}
