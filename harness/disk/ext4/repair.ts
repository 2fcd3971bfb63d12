import { ExecaError } from 'execa';

import { runHostTool } from '../../process/host-tool.ts';

/** Of e2fsck(8): nothing to do, or all is repaired. What a mount leaves to the journal counts as repaired. */
const REPAIRED = [0, 1];
/** Of e2fsck(8): errors are left, or it could not work on this at all. */
const BEYOND_REPAIR = [4, 8, 12];

/**
 * Repairs what can be repaired in an ext4 file system, as a careful machine would before it mounts.
 *
 * @returns what can't be repaired; undefined when all is well.
 * @throws {InfrastructureError} when e2fsck itself fails.
 */
export function repairExt4(file: string): Promise<string | undefined> {
  return e2fsck(['-f', '-y', file]);
}

/**
 * Replays the journal and repairs only what e2fsck(8) calls safe, as a boot does.
 *
 * @returns what is left, which no power cut may cause; undefined when all is well.
 * @throws {InfrastructureError} when e2fsck itself fails.
 */
export function preenExt4(file: string): Promise<string | undefined> {
  return e2fsck(['-f', '-p', file]);
}

/**
 * Replays the journal, as a mount does, and repairs nothing else.
 *
 * @returns false when that can't be done.
 * @throws {InfrastructureError} when e2fsck itself fails.
 */
export async function replayJournal(file: string): Promise<boolean> {
  return (await e2fsck(['-y', '-E', 'journal_only', file])) === undefined;
}

async function e2fsck(args: readonly string[]): Promise<string | undefined> {
  try {
    await runHostTool('e2fsck', args, { successCodes: REPAIRED });
    return undefined;
  } catch (error) {
    const { cause } = error as Error;
    if (cause instanceof ExecaError && BEYOND_REPAIR.includes(cause.exitCode ?? 0))
      return String(cause.all).trim();
    throw error;
  }
}
