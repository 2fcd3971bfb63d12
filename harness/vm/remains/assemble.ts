import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DiskFile } from '../../disk/disk-io.ts';
import { createOverlay } from '../../disk/overlay.ts';
import { injectUserData } from '../../os/user-data/inject.ts';
import { UsageError } from '../../util/errors.ts';
import { ensureDiskSpace } from '../directory/disk-space.ts';
import { VmDirectory } from '../directory/vm-directory.ts';
import { PoweredOff } from '../powered-off.ts';
import { findParts, varsFile } from '../qemu-options.ts';
import type { MachineSpec } from '../spec.ts';
import { decodeUserData, keptDisk } from './record.ts';
import type { Remains } from './open.ts';

/** What a machine may have besides what it had. */
export type Additions = Pick<MachineSpec, 'spareQmp' | 'gdb' | 'display'>;

/**
 * A machine like the one that was left, with disks and firmware variables as that had them when its power was cut. It
 * writes to overlays of its own. The services that its test offered are not there.
 *
 * @throws {InfrastructureError} when the host lacks QEMU, firmware or room; {UsageError} when its firmware is another.
 */
export async function assembleFrom(
  { directory: kept, record, image }: Remains,
  additions: Additions = {},
): Promise<PoweredOff> {
  const { cpus, memoryMiB, uuid, hasNetwork } = record;
  const userData = decodeUserData(record.userData);
  const wanted = { image, cpus, memoryMiB, userData, ...(hasNetwork && { network: {} }), ...additions };
  const parts = await findParts({ ...wanted, label: 'from' });
  const variables = varsFile(parts.firmware);
  if (variables !== record.firmwareVariables) {
    throw new UsageError(
      `The machine left ${record.firmwareVariables}, but this host's firmware wants ${variables}.`,
    );
  }
  const directory = await VmDirectory.create('from');
  try {
    await ensureDiskSpace(directory.path);
    const overlays = image.disks.map((_disk, index) =>
      createOverlay({ path: join(kept, keptDisk(index)), format: 'qcow2' }, directory.path, `disk${index}`),
    );
    const disks = (await Promise.all(overlays)) as [DiskFile, ...DiskFile[]];
    await copyFile(join(kept, variables), directory.file(variables));
    // That of PRIVATE is on the disk already, or was used up.
    const injected = userData.filter(({ channel }) => channel !== 'private');
    const devices = await injectUserData(injected, directory, disks[0], image.gpt);
    return new PoweredOff({ ...parts, uuid, disks, devices, directory });
  } catch (error) {
    await directory.removeUnlessKept();
    throw error;
  }
}
