import { basename } from 'node:path';

import type { Image } from '../image/open.ts';
import { probeAccelerator } from '../qemu/accelerator.ts';
import { findQemu, formatVersion } from '../qemu/binary.ts';
import { findMachineFirmware } from '../qemu/firmware.ts';
import { sha256OfFile } from '../util/files/sha256.ts';
import type { TargetRecord } from './schema.ts';

/**
 * An image, and what boots it on this host: enough to distinguish two runs.
 *
 * @throws {InfrastructureError} when the host lacks QEMU or firmware for it.
 */
export async function describeTarget(image: Image): Promise<TargetRecord> {
  const { arch, manifest, path } = image;
  const qemu = await findQemu(arch);
  const firmware = await findMachineFirmware(arch);
  const { accelerator, reason } = await probeAccelerator(qemu);
  return {
    name: `${manifest?.variant ?? basename(path)}/${arch}`,
    arch,
    variant: manifest?.variant ?? null,
    image: {
      path,
      name: manifest?.os.name ?? null,
      version: manifest?.os.version ?? null,
      sha256: manifest?.disks.map((disk) => disk.sha256) ?? [],
      capabilities: [...image.capabilities],
    },
    qemu: { path: qemu.path, version: formatVersion(qemu.version) },
    firmware: { path: firmware.codePath, sha256: await sha256OfFile(firmware.codePath) },
    accelerator: { name: accelerator, reason },
  };
}
