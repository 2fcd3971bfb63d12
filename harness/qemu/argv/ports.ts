import { optionString } from './option-string.ts';
import type { QemuOptions } from './options.ts';

export function qmp(id: string, socket: string): string[] {
  return [...['-chardev', serverSocket(id, socket)], ...['-mon', `chardev=${id},mode=control`]];
}

export function gdb(socket: string): string[] {
  return [...['-chardev', serverSocket('gdb', socket)], ...['-gdb', 'chardev:gdb']];
}

export function console({ consolePipe, consoleLog }: QemuOptions): string[] {
  const chardev =
    consolePipe === undefined
      ? optionString('file', { id: 'console', path: consoleLog, append: true })
      : optionString('pipe', { id: 'console', path: consolePipe, logfile: consoleLog, logappend: true });
  return ['-chardev', chardev, '-serial', 'chardev:console'];
}

export function ports({ agentSocket, bridgeSocket, journalSocket }: QemuOptions): string[] {
  const named = [
    { id: 'bridge', name: 'hotfire.bridge', socket: bridgeSocket },
    { id: 'journal', name: 'hotfire.journal', socket: journalSocket },
    // Where qemu-ga looks by default.
    { id: 'agent', name: 'org.qemu.guest_agent.0', socket: agentSocket },
  ].flatMap(({ socket, ...port }) => (socket === undefined ? [] : [{ ...port, socket }]));
  if (named.length === 0) return [];
  return [
    ...['-device', 'virtio-serial-pci'],
    ...named.flatMap(({ id, name, socket }) => [
      ...['-chardev', serverSocket(id, socket)],
      ...['-device', optionString('virtserialport', { chardev: id, name })],
    ]),
  ];
}

/** QEMU listens and starts without waiting: a client that connects later finds the machine running. */
function serverSocket(id: string, path: string): string {
  return optionString('socket', { id, path, server: true, wait: false });
}
