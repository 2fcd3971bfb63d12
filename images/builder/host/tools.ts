import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { InfrastructureError } from '../../../harness/util/errors.ts';

/** What the builder runs on the host itself, and the package of Debian and Ubuntu that has it. */
const TOOLS = {
  mmdebstrap: 'mmdebstrap',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  chroot: 'coreutils',
  sync: 'coreutils',
  newuidmap: 'uidmap',
} as const;

/** What examples need besides. */
export const EXAMPLE_TOOLS = { 'qemu-img': 'qemu-utils' } as const;

/** chroot lives in sbin, which is not on the path of an ordinary user on Debian. */
export const HOST_PATH = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);

export const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @throws {InfrastructureError} that names every missing tool together with its package. */
export async function requireHostTools(others: Readonly<Record<string, string>> = {}): Promise<void> {
  const asRoot = process.geteuid?.() === 0;
  const missing: string[] = [];
  for (const [tool, name] of Object.entries({ ...TOOLS, ...others })) {
    if (tool === 'newuidmap' && asRoot) continue;
    if (!(await isOnPath(tool))) missing.push(`${tool} (package ${name})`);
  }
  if (!(await isReadable(DEBIAN_KEYRING))) {
    missing.push(`${DEBIAN_KEYRING} (package debian-archive-keyring)`);
  }
  if (missing.length === 0) return;
  throw new InfrastructureError(`The builder needs what this host lacks: ${missing.join(', ')}.`, {
    hint: 'Run scripts/setup, or install these packages.',
  });
}

async function isOnPath(tool: string): Promise<boolean> {
  for (const directory of HOST_PATH.split(delimiter)) {
    if (directory !== '' && (await isReadable(join(directory, tool), constants.X_OK))) return true;
  }
  return false;
}

async function isReadable(path: string, mode = constants.R_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
