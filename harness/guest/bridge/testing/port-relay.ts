import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/**
 * Stands in for QEMU's virtio-serial port: one host at a time on `hostPath`, the guest's bridge on `guestPath`.
 * It is as unkind as QEMU: bytes that one host left unread come to the next, whole or torn.
 */
export class PortRelay implements AsyncDisposable {
  readonly #servers: Server[] = [];
  #host: Socket | undefined;
  #guest: Socket | undefined;
  readonly #nextHosts: Socket[] = [];

  static async listen(hostPath: string, guestPath: string): Promise<PortRelay> {
    const relay = new PortRelay();
    await relay.#serve(hostPath, (socket) => {
      if (relay.#host === undefined) relay.#takeHost(socket);
      else relay.#nextHosts.push(socket);
    });
    await relay.#serve(guestPath, (socket) => {
      relay.#guest = socket;
      socket.on('close', () => {
        if (relay.#host !== undefined) part(relay.#host, socket);
        if (relay.#guest === socket) relay.#guest = undefined;
      });
      relay.#join();
    });
    return relay;
  }

  async #serve(path: string, take: (socket: Socket) => void): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      socket.on('error', () => undefined);
      take(socket);
    });
    server.listen(path);
    await once(server, 'listening');
    this.#servers.push(server);
  }

  #takeHost(socket: Socket): void {
    this.#host = socket;
    socket.on('close', () => {
      this.#host = undefined;
      if (this.#guest !== undefined) part(socket, this.#guest);
      const next = this.#nextHosts.shift();
      if (next !== undefined) this.#takeHost(next);
    });
    this.#join();
  }

  #join(): void {
    if (this.#host === undefined || this.#guest === undefined) return;
    this.#host.pipe(this.#guest, { end: false });
    this.#guest.pipe(this.#host, { end: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of [...this.#nextHosts, this.#host, this.#guest]) socket?.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((closed) => server.close(closed))));
  }
}

function part(host: Socket, guest: Socket): void {
  host.unpipe(guest).pause();
  guest.unpipe(host).pause();
}
