import { shellQuote } from '../../process/shell-quote.ts';
import { MACHINES } from '../machines/index.ts';
import { optionString } from './option-string.ts';
import type { FileSource, FirmwareFlash, NbdSource, QemuDisk, QemuOptions } from './options.ts';

/** Where a guest finds the services that its network leads to; QEMU's user network is 10.0.2.0/24. */
export const SERVICES_ADDRESS = '10.0.2.100';

const TRANSLATED_CODE_MIB = 128;
const MEMORY = 'ram';

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
    ...network(options.network),
    ...watchers(),
    ...qmp('qmp', options.qmpSocket),
    ...(options.spareQmpSocket === undefined ? [] : qmp('spare-qmp', options.spareQmpSocket)),
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

function machine(options: QemuOptions): string[] {
  const description = MACHINES[options.arch];
  const { accelerator, cpus, firmware } = options;
  return [
    '-machine',
    optionString(description.type, {
      ...description.machineProperties(options),
      // The guest's memory in a core file of QEMU would fill the host's disk for nothing.
      'dump-guest-core': false,
      'memory-backend': MEMORY,
      pflash0: firmware && 'firmware-code',
      pflash1: firmware && 'firmware-vars',
    }),
    ...(firmware === undefined ? [] : flash(firmware)),
    ...['-accel', accelerator === 'kvm' ? 'kvm' : translation()],
    ...['-cpu', description.cpu(accelerator)],
    // Before 8.1 QEMU leaves the guest's memory barriers out where there can be one CPU only, though its devices work in
    // another thread: a guest's notice to one of them can get lost, and with it a write to a disk or a port.
    ...['-smp', accelerator === 'tcg' && cpus === 1 ? '1,maxcpus=2' : String(cpus)],
    ...memory(options),
    ...['-rtc', 'base=utc'],
    ...description.extraArguments(options),
  ];
}

function translation(): string {
  return optionString('tcg', {
    // One translating thread per CPU. It is the default only where QEMU trusts the pair of architectures.
    thread: 'multi',
    // What was translated before a reboot is of no use after it, and yet QEMU looks through it at every write to a page
    // that it came from, until this much memory is full and all of it is dropped. With the default, a gibibyte, a reboot
    // took a third more of the host's CPU time on x86_64 and half as much again on aarch64.
    'tb-size': TRANSLATED_CODE_MIB,
  });
}

/** Always by the same name, or a state saved from one kind would not fit the other. */
function memory({ memoryMiB, memoryFile }: QemuOptions): string[] {
  const size = `${memoryMiB}M`;
  const backend =
    memoryFile === undefined
      ? optionString('memory-backend-ram', { id: MEMORY, size })
      : optionString('memory-backend-file', {
          ...{ id: MEMORY, size, 'mem-path': memoryFile.path },
          share: memoryFile.writes === 'to-file',
        });
  return [...['-m', size], ...['-object', backend]];
}

function flash({ code, vars, format }: FirmwareFlash): string[] {
  return [
    ...['-blockdev', blockNode('firmware-code', { file: code, format }, { readOnly: true })],
    ...['-blockdev', blockNode('firmware-vars', { file: vars, format }, { readOnly: false })],
  ];
}

function directKernel({ kernel, initrd, commandLine }: NonNullable<QemuOptions['directKernel']>): string[] {
  return [
    ...['-kernel', kernel],
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
    ...['-append', commandLine],
  ];
}

function disk({ id, source, bootIndex, readOnly = false }: QemuDisk): string[] {
  const name = `disk-${id}`;
  return [
    '-blockdev',
    source.format === 'nbd' ? nbdNode(name, source, { readOnly }) : blockNode(name, source, { readOnly }),
    '-device',
    optionString('virtio-blk-pci', {
      id: `dev-${id}`,
      drive: name,
      serial: id,
      bootindex: bootIndex,
      // The guest must send flushes: a power-cut test against a write-through disk would pass for the wrong reason.
      'write-cache': true,
      // By default a full host disk pauses the whole machine without a word; an I/O error is something a test sees.
      werror: 'report',
      rerror: 'report',
    }),
  ];
}

function cdRom(file: string): string[] {
  return [
    ...['-blockdev', blockNode('cd-rom', { file, format: 'raw' }, { readOnly: true })],
    ...['-device', 'virtio-scsi-pci,id=scsi'],
    ...['-device', 'scsi-cd,bus=scsi.0,drive=cd-rom'],
  ];
}

function blockNode(
  nodeName: string,
  { file, format }: FileSource,
  { readOnly }: { readOnly: boolean },
): string {
  return optionString('', {
    driver: format,
    'node-name': nodeName,
    'read-only': readOnly,
    // What the guest trims is freed on the host.
    discard: readOnly ? undefined : 'unmap',
    // A power cut here is QEMU's sudden death, which the host's page cache outlives. What the guest flushed is in it
    // by then, so waiting for the host's disk as well would only cost time.
    'cache.no-flush': readOnly ? undefined : true,
    'file.driver': 'file',
    'file.filename': file,
  });
}

/** With no word about the cache: the server is to get the guest's flushes. */
function nbdNode(
  nodeName: string,
  { socket, exportName }: NbdSource,
  { readOnly }: { readOnly: boolean },
): string {
  return optionString('', {
    driver: 'nbd',
    'node-name': nodeName,
    'read-only': readOnly,
    discard: readOnly ? undefined : 'unmap',
    'server.type': 'unix',
    'server.path': socket,
    export: exportName,
  });
}

function network(network: QemuOptions['network']): string[] {
  if (network === undefined) return [];
  const forwards = network.forwards.map(
    ({ hostPort, guestPort }) => `hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`,
  );
  const services = network.services.map(({ guestPort, command }) =>
    optionString('', { guestfwd: `tcp:${SERVICES_ADDRESS}:${guestPort}-cmd:${shellQuote(command)}` }),
  );
  return [
    // restrict: the guest reaches neither the host nor the world, only its services, and answers what is forwarded.
    ...['-netdev', ['user', 'id=net0', 'restrict=on', 'ipv6=off', ...forwards, ...services].join(',')],
    // An empty option ROM, or the firmware tries to boot from the network.
    ...['-device', 'virtio-net-pci,netdev=net0,romfile='],
  ];
}

function watchers(): string[] {
  return [
    ...['-device', 'virtio-rng-pci'],
    ...['-device', 'pvpanic-pci'],
    ...['-device', 'i6300esb'],
    // A panic is reported through QMP at once and the guest then goes on: its own panic= decides about the reset, as
    // on real hardware. An expired watchdog resets the machine.
    ...['-action', 'panic=none,watchdog=reset'],
  ];
}

function qmp(id: string, socket: string): string[] {
  return [...['-chardev', serverSocket(id, socket)], ...['-mon', `chardev=${id},mode=control`]];
}

function console({ consoleSocket, consoleLog }: QemuOptions): string[] {
  const chardev =
    consoleSocket === undefined
      ? optionString('file', { id: 'console', path: consoleLog, append: true })
      : serverSocket('console', consoleSocket, { logfile: consoleLog, logappend: true });
  return ['-chardev', chardev, '-serial', 'chardev:console'];
}

function ports({ bridgeSocket, journalSocket }: QemuOptions): string[] {
  const named = [
    { id: 'bridge', socket: bridgeSocket },
    { id: 'journal', socket: journalSocket },
  ].flatMap(({ id, socket }) => (socket === undefined ? [] : [{ id, socket }]));
  if (named.length === 0) return [];
  return [
    ...['-device', 'virtio-serial-pci'],
    ...named.flatMap(({ id, socket }) => [
      ...['-chardev', serverSocket(id, socket)],
      ...['-device', optionString('virtserialport', { chardev: id, name: `hotfire.${id}` })],
    ]),
  ];
}

/** QEMU listens and starts without waiting: a client that connects later finds the machine running. */
function serverSocket(id: string, path: string, more: Parameters<typeof optionString>[1] = {}): string {
  return optionString('socket', { id, path, server: true, wait: false, ...more });
}
