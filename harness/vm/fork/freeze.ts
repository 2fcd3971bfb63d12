import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { diskSizeBytes } from '../../disk/disk-io.ts';
import { createOverlay } from '../../disk/overlay.ts';
import type { Assembly } from '../assembly.ts';
import { varsFile } from '../qemu-options.ts';
import { CannotFreezeError, SERVED_DISK } from './errors.ts';
import { aboutSnapshot, emptyOverlayName, frozenDisk, type Snapshot } from './snapshot.ts';

/** What forks take over: logs, and user-data that QEMU reads at its start. */
const CARRIED = /^(?:console\.log|console\.raw|journal\.jsonl|user-data\..+)$/;

export interface FreezeTarget {
  /** Where the snapshot is put together. It has its memory and state already. */
  readonly directory: string;
  /** Where it will lie, if it is still to be moved there. */
  readonly home?: string;
}

/** Completes a snapshot by what the stopped machine has on the host's disk. */
export async function freeze(
  { disks, directory: machine, firmware }: Assembly,
  { directory, home = directory }: FreezeTarget,
  about: Pick<Snapshot, 'nonce' | 'noted'>,
): Promise<void> {
  for (const [index, disk] of disks.entries()) {
    if (disk.format === 'nbd') throw new CannotFreezeError(SERVED_DISK);
    await copyFile(disk.path, frozenDisk(directory, index));
    const base = { path: frozenDisk(home, index), format: disk.format };
    // The stopped QEMU has the overlay open still.
    const sizeBytes = await diskSizeBytes({ ...disk, inUse: true });
    await createOverlay(base, directory, emptyOverlayName(index), { sizeBytes });
  }
  const here = await readdir(machine.path);
  const logs = here.filter((name) => CARRIED.test(name) || name === varsFile(firmware));
  await Promise.all(logs.map((name) => copyFile(machine.file(name), join(directory, name))));
  const { name, text } = aboutSnapshot(about);
  await writeFile(join(directory, name), text);
}
