import { randomUUID } from 'node:crypto';
import { copyFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DiskFile } from '../../disk/disk-io.ts';
import type { Assembly } from '../assembly.ts';
import { ensureDiskSpace } from '../directory/disk-space.ts';
import { varsFile, type MachineParts } from '../qemu-options.ts';
import { devicesFor } from '../../os/user-data/devices.ts';
import { VmDirectory } from '../directory/vm-directory.ts';
import { emptyOverlay, type Snapshot } from './snapshot.ts';

const LOGS = ['console.log', 'console.raw', 'journal.jsonl'];

/**
 * The parts of a machine that can be restored from the snapshot: its disks are overlays on the frozen ones, and it starts with
 * the logs of the frozen machine.
 *
 * @param parts of the machine that was frozen, or equal to them.
 */
export async function assembleFork(
  snapshot: Pick<Snapshot, 'directory'>,
  parts: MachineParts,
): Promise<Assembly> {
  const { spec, firmware } = parts;
  const directory = await VmDirectory.create(spec.label);
  try {
    await ensureDiskSpace(directory.path);
    const disks = spec.image.disks.map((_, index) => ({
      path: directory.file(`disk${index}.qcow2`),
      format: 'qcow2' as const,
    })) as [DiskFile, ...DiskFile[]];
    await Promise.all([
      ...disks.map(({ path }, index) => copyFile(emptyOverlay(snapshot.directory, index), path)),
      ...LOGS.map((name) => copyFile(join(snapshot.directory, name), directory.file(name))),
      makeVariables(join(snapshot.directory, varsFile(firmware)), directory.file(varsFile(firmware)), parts),
    ]);
    const devices = devicesFor(spec.userData, (name) => join(snapshot.directory, name));
    return { ...parts, uuid: randomUUID(), disks, devices, directory };
  } catch (error) {
    await directory.removeUnlessKept();
    throw error;
  }
}

/** The flash chip's contents are part of the state, from which QEMU writes them to a file of the right size. */
async function makeVariables(frozen: string, own: string, { firmware }: MachineParts): Promise<void> {
  if (firmware.format !== 'raw') {
    await copyFile(frozen, own);
    return;
  }
  await writeFile(own, '');
  await truncate(own, (await stat(frozen)).size);
}
