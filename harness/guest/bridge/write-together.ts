import type { Socket } from 'node:net';

/** In one system call, if the socket takes it. */
export function writeTogether(socket: Socket, buffers: readonly Buffer[]): void {
  if (!socket.writable) return;
  socket.cork();
  for (const buffer of buffers) socket.write(buffer);
  socket.uncork();
}
