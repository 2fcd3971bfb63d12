import { HOST_TOOLS, locateTool } from '../../../harness/process/host-tools.ts';
import { InfrastructureError } from '../../../harness/util/errors.ts';

export const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @throws {InfrastructureError} that names every missing tool together with its package. */
export async function requireHostTools(): Promise<void> {
  const asRoot = process.geteuid?.() === 0;
  const missing: string[] = [];
  for (const { sign, package: name, uses } of HOST_TOOLS) {
    if (!uses.includes('build') || (sign === 'newuidmap' && asRoot)) continue;
    if ((await locateTool(sign)) === undefined) missing.push(`${sign} (package ${name})`);
  }
  if (missing.length === 0) return;
  throw new InfrastructureError(`The builder needs what this host lacks: ${missing.join(', ')}.`, {
    hint: 'Run `scripts/setup`, or install these packages.',
  });
}
