import { cdRom, disk } from './disk.ts';
import { directKernel } from './firmware.ts';
import { machine } from './machine.ts';
import { network } from './network.ts';
import { optionString } from './option-string.ts';
import type { QemuOptions } from './options.ts';
import { console, gdb, ports, qmp } from './ports.ts';
import { smbios } from './smbios.ts';

/**
 * The arguments after QEMU's own name. Pure: the same options give the same command line on every host.
 *
 * @throws {UsageError} for a path or text that no QEMU option can carry.
 */
export function buildArgv(options: QemuOptions): string[] {
  return [
    ...base(options),
    ...machine(options),
    ...(options.directKernel === undefined ? [] : directKernel(options.directKernel)),
    ...options.disks.flatMap(disk),
    ...(options.cdRom === undefined ? [] : cdRom(options.cdRom)),
    ...(options.fwCfg ?? []).flatMap(({ name, file }) => ['-fw_cfg', optionString('', { name, file })]),
    ...smbios(options),
    ...network(options.network),
    ...watchers(),
    ...qmp('qmp', options.qmpSocket),
    ...(options.spareQmpSocket === undefined ? [] : qmp('spare-qmp', options.spareQmpSocket)),
    ...(options.gdbSocket === undefined ? [] : gdb(options.gdbSocket)),
    ...(options.display === true ? ['-device', 'virtio-gpu-pci'] : []),
    ...console(options),
    ...ports(options),
    ...(options.startPaused === true ? ['-S'] : []),
    ...(options.awaitsState === true ? ['-incoming', 'defer'] : []),
  ];
}

function base({ name, uuid, network }: QemuOptions): string[] {
  return [
    ...['-name', optionString('', { guest: name })],
    ...['-uuid', uuid],
    // A machine is what this file says, whatever the host's administrator or QEMU's defaults would add.
    '-no-user-config',
    '-nodefaults',
    ...['-display', 'none'],
    ...(network === undefined || network.services.length === 0 ? sandbox() : []),
  ];
}

/**
 * A guest that breaks out of a device model finds no way to start a program or to become someone else. Not for a machine
 * with services: QEMU starts a program for each of their connections by way of setsid, which every sandbox forbids.
 */
function sandbox(): string[] {
  return ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'];
}

function watchers(): string[] {
  return [
    ...['-device', 'virtio-rng-pci'],
    ...['-device', 'pvpanic-pci'],
    ...['-device', 'i6300esb'],
    // A panic is reported through QMP at once and the guest then goes on: its own panic= decides about the reset, as
    // on real hardware. A watchdog that expires resets the machine.
    ...['-action', 'panic=none,watchdog=reset'],
  ];
}
