import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

import type { WithCable } from '../cable.ts';
import { decodeFrame, encodeFrame } from '../ethernet.ts';
import { FrameSplitter, joinFrames } from '../frame-stream.ts';
import type { ScriptedGuest } from './scripted-guest.ts';

/** A QEMU as far as its filters go: each character device is a real socket, and the guest's card lies between them. */
export function scriptedQemu(
  directory: string,
  guest: ScriptedGuest,
): WithCable & { readonly devices: Set<string> } {
  const devices = new Set<string>();
  let seen: Socket | undefined;
  const serve: Record<string, (socket: Socket) => void> = {
    'cable-seen': (socket) => {
      seen = socket;
    },
    'cable-sent': (socket) => {
      const frames = new FrameSplitter();
      socket.on('data', (bytes: Buffer) => {
        const received = frames.push(bytes).flatMap((frame) => decodeFrame(frame) ?? []);
        const answers = received.flatMap((frame) => guest.answers(frame));
        seen?.write(joinFrames(answers.map(encodeFrame)));
      });
    },
  };
  const execute = async (command: string, args: Readonly<Record<string, unknown>> | undefined) => {
    const id = String(args?.['id']);
    if (command.endsWith('-del') || command.endsWith('-remove')) devices.delete(id);
    else devices.add(id);
    if (command !== 'chardev-add') return {};
    const { backend } = args as { backend: { data: { addr: { data: { path: string } } } } };
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      serve[id]?.(socket);
      server.close();
    });
    await once(server.listen(backend.data.addr.data.path), 'listening');
    return {};
  };
  return { devices, qmp: { execute }, directory: { file: (name) => join(directory, name) } };
}
