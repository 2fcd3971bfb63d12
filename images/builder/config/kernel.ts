import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Architecture } from '../../../harness/util/architecture.ts';
import { ImageError, UsageError } from '../../../harness/util/errors.ts';

const KERNEL_DIRECTORY = join(import.meta.dirname, '../../kernel');

/** @returns what is asked of the kernel of this architecture, as one fragment. */
export async function readKernelConfig(arch: Architecture): Promise<string> {
  const fragments = ['common', 'containers', 'metal', arch].map((name) =>
    join(KERNEL_DIRECTORY, `${name}.config`),
  );
  return (await Promise.all(fragments.map((fragment) => readFile(fragment, 'utf8')))).join('\n');
}

/**
 * Kconfig drops an option without a word when what it depends on is off.
 *
 * @param asked a fragment: `CONFIG_X=value`, or `CONFIG_X=n` for what must be off.
 * @param got the configuration that `make olddefconfig` made of it.
 * @throws {UsageError} that names every option that is not as asked.
 */
export function checkKernelConfig(asked: string, got: string): void {
  const actual = parseConfig(got);
  const dropped = [...parseConfig(asked)]
    .filter(([option, value]) => (actual.get(option) ?? 'n') !== value)
    .map(([option, value]) => `${option}=${value} became ${actual.get(option) ?? 'n'}`);
  if (dropped.length === 0) return;
  throw new UsageError(`The kernel does not take ${dropped.length} options:\n  ${dropped.join('\n  ')}`, {
    hint: 'Switch on in images/kernel/*.config what they depend on (see "depends on" in Kconfig), or leave them out.',
  });
}

/**
 * @param trusted the certificate that make has put into the kernel, as DER.
 * @param wanted the certificate of the key that signs modules, as PEM.
 * @param work where make works, for the message.
 * @throws {ImageError} when they differ: the kernel would refuse every live patch.
 */
export function checkTrustedKey(trusted: Buffer, wanted: Buffer, work: string): void {
  if (new X509Certificate(wanted).raw.equals(trusted)) return;
  throw new ImageError('The kernel trusts another key than the one that signs its modules.', {
    hint: `Delete ${work} and build again: make kept the certificate of an earlier key there.`,
  });
}

function parseConfig(text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(CONFIG_\w+)=(.*)$/.exec(line);
    if (match !== null) options.set(match[1] ?? '', match[2] ?? '');
  }
  return options;
}
