import { basename, dirname, join } from 'node:path';

import { crossCompilePrefix, type BuildTarget } from '../architectures.ts';
import type { Entry, StepContext } from '../cache/step.ts';
import { Sdk } from '../sdk/run.ts';

/** Where the commands of the SDK see the kernel's source and the tree; both paths are written into the tree. */
export const LINUX_MOUNT = '/hotfire/linux';
export const TREE_MOUNT = '/hotfire/tree';
const WORK_MOUNT = '/hotfire/work';

export interface ModuleTools {
  readonly sdk: Entry;
  /** Of the step that unpacks the kernel's source. */
  readonly source: Entry;
  /** Of the step that makes the module build tree. */
  readonly tree: Entry;
}

/** Variables of make that every build for this kernel needs. */
export function makeVariables(target: BuildTarget, host: BuildTarget): string[] {
  return [
    `ARCH=${target.kernel.arch}`,
    `CROSS_COMPILE=${crossCompilePrefix(target, host)}`,
    `O=${TREE_MOUNT}`,
  ];
}

/**
 * Builds the modules whose sources and Kbuild files are in a directory, there.
 *
 * @throws {CommandError} when one does not compile.
 */
export async function makeModules(
  target: BuildTarget,
  host: BuildTarget,
  { sdk, source, tree }: ModuleTools,
  directory: string,
  context: StepContext,
): Promise<void> {
  await Sdk.of(sdk).run(['make', ...makeVariables(target, host), `M=${WORK_MOUNT}`, 'modules'], {
    ...context,
    what: 'make, which builds the live patch,',
    directory: LINUX_MOUNT,
    mounts: [
      { host: join(source.directory, 'linux'), sdk: LINUX_MOUNT },
      { host: tree.directory, sdk: TREE_MOUNT },
      { host: directory, sdk: WORK_MOUNT, writable: true },
    ],
  });
}

/**
 * Appends a signature to a module, in place. The same module and key give the same bytes: the key is RSA, and the
 * signature holds no time.
 *
 * @param key an entry of the step that makes module signing keys.
 */
export async function signModule(
  { sdk, tree }: Pick<ModuleTools, 'sdk' | 'tree'>,
  key: Entry,
  module: string,
  context: StepContext,
): Promise<void> {
  const keyFiles = ['signing_key.pem', 'signing_key.x509'].map((name) => `/hotfire/key/${name}`);
  const file = `${WORK_MOUNT}/${basename(module)}`;
  await Sdk.of(sdk).run([`${TREE_MOUNT}/scripts/sign-file`, 'sha512', ...keyFiles, file], {
    ...context,
    what: 'sign-file, which signs the live patch,',
    mounts: [
      { host: tree.directory, sdk: TREE_MOUNT },
      { host: key.directory, sdk: '/hotfire/key' },
      { host: dirname(module), sdk: WORK_MOUNT, writable: true },
    ],
  });
}
