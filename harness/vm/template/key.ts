import { readFile } from 'node:fs/promises';

import { buildArgv } from '../../qemu/argv/build.ts';
import { isLinkLocal } from '../../qemu/argv/network.ts';
import { fileState } from '../../util/files/look.ts';
import { sha256 } from '../../util/files/sha256.ts';
import { networkOf } from '../network/network.ts';
import { machineOptions, type MachineParts } from '../qemu-options.ts';
import { describeMarks } from '../wait/ready.ts';
import type { ResolvedSpec } from '../spec.ts';
import { devicesFor } from '../../os/user-data/devices.ts';
import { digestOf } from '../../os/user-data/pieces.ts';

/** Raised when a template becomes another: consists of other files, or its guest has been given or has done something else. */
const FORMAT = 4;
const KEY_DIGITS = 32;

/** Of proc(5)'s cpuinfo: who made the CPU and what it can do, on x86 and Arm. Not its present clock. */
const CPU_TRAITS = /^(?:vendor_id|cpu family|model|model name|stepping|flags|Features|CPU \w+)\s*:.*$/gm;

/**
 * What two machines have in common if and only if one's frozen memory can run on as the other. That includes the files
 * they start from, by path, since the frozen disk refers to them, and by size and time, since no program replaces a disk
 * image or QEMU without changing these.
 *
 * @param prepared the key of what is done to it once it has booted.
 */
export async function templateKey(parts: MachineParts, prepared?: string): Promise<string> {
  const { spec, qemu, firmware, accelerator } = parts;
  const files = [
    ...spec.image.disks.flatMap(({ path, backingFiles = [] }) => [path, ...backingFiles]),
    ...(spec.directKernel ? [spec.directKernel.kernel, spec.directKernel.initrd ?? '/dev/null'] : []),
    ...[firmware.codePath, firmware.varsTemplatePath, qemu.path],
  ];
  const facts = {
    format: FORMAT,
    argv: argvOf(parts),
    version: qemu.version,
    files: await Promise.all(files.map(identityOf)),
    diskSizeBytes: spec.diskSizeBytes ?? null,
    digests: spec.image.manifest?.disks.map(({ sha256 }) => sha256),
    frozen: [describeMarks(spec.image.profile.ready), spec.image.capabilities.has('bridge')],
    userData: digestOf(spec.userData),
    prepared,
    cpu: accelerator === 'kvm' ? await hostCpu() : null,
  };
  return sha256(JSON.stringify(facts)).slice(0, KEY_DIGITS);
}

/** The same for machines that differ only in their names, places and in what is at the host's end of a device. */
function argvOf({ spec, ...parts }: MachineParts): string[] {
  const file = (name: string): string => `/machine/${name}`;
  const alike: ResolvedSpec = {
    ...spec,
    spareQmp: false,
    gdb: false,
    ...(networkOf(spec, file) && { network: { forwards: [] } }),
    // A card is a device of the guest; what the host has behind it is not.
    services: spec.services
      .filter(({ address = '' }) => isLinkLocal(address))
      .map((service) => ({ ...service, socket: '' })),
  };
  const disks = spec.image.disks.map((_disk, index) => ({
    path: file(`disk${index}.qcow2`),
    format: 'qcow2' as const,
  }));
  const devices = devicesFor(spec.userData, file);
  return buildArgv(machineOptions({ spec: alike, ...parts }, { name: '', uuid: '', file, disks, devices }));
}

async function identityOf(path: string): Promise<string> {
  const { real, state } = await fileState(path);
  return `${real} ${state}`;
}

async function hostCpu(): Promise<string[]> {
  return [...new Set((await readFile('/proc/cpuinfo', 'utf8')).match(CPU_TRAITS))];
}
