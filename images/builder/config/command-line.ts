import { join } from 'node:path';

import { z } from 'zod';

import { ARCHITECTURES, type Architecture } from '../../../harness/util/architecture.ts';
import { readToml } from '../../../harness/util/files/toml.ts';
import type { VerityRoot } from '../image/verity.ts';
import type { Variant } from './variant.ts';

const list = z.array(z.string().regex(/^\S+$/, 'must be one argument without blanks')).default([]);

const commandLineSchema = z.strictObject({
  /** What the kernel gets, on every machine. */
  kernel: list,
  /** What init gets, after `--`. */
  init: list,
  /** What only the machine of one architecture needs. */
  arch: z.partialRecord(z.enum(ARCHITECTURES), list).default({}),
});
export type CommandLineParts = z.infer<typeof commandLineSchema>;

export function readCommandLineParts(): Promise<CommandLineParts> {
  return readToml(join(import.meta.dirname, '../../kernel/command-line.toml'), commandLineSchema);
}

/** What a variant adds. The kernel has no word for lockdown's level "none", so that is said by silence. */
export function variantArguments(variant: Pick<Variant, 'kernel_command_line' | 'lockdown'>): string[] {
  const lockdown = variant.lockdown === 'none' ? [] : [`lockdown=${variant.lockdown}`];
  return [...variant.kernel_command_line, ...lockdown];
}

/** The whole kernel command line; the order is the contract's: variant, root, its device, init. */
export function commandLine(
  parts: CommandLineParts,
  arch: Architecture,
  variant: readonly string[],
  verity: VerityRoot,
): string {
  return [
    ...(parts.arch[arch] ?? []),
    ...variant,
    'root=/dev/dm-0',
    ...parts.kernel,
    ...verityArguments(verity),
    '--',
    ...parts.init,
  ].join(' ');
}

/**
 * The device-mapper table of the root (Documentation/admin-guide/device-mapper/{dm-init,verity}.rst). Its partitions
 * are named by halves of the root hash, so the slot that holds them doesn't matter.
 */
function verityArguments(verity: VerityRoot): string[] {
  const data = `PARTUUID=${verity.dataPartition}`;
  const hash = `PARTUUID=${verity.hashPartition}`;
  const sectors = verity.dataBlocks * (verity.blockBytes / 512);
  const target = [
    `0 ${sectors} verity 1 ${data} ${hash}`,
    `${verity.blockBytes} ${verity.blockBytes} ${verity.dataBlocks} 1`,
    `sha256 ${verity.rootHash} ${verity.salt}`,
    '2 restart_on_corruption ignore_zero_blocks',
  ].join(' ');
  return [`dm-mod.create="root,,,ro,${target}"`, `dm-mod.waitfor=${data},${hash}`];
}
