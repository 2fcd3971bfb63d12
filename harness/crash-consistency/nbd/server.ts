import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { InfrastructureError, messageOf } from '../../util/errors.ts';
import type { BlockDevice } from '../device.ts';
import { ByteReader, ConnectionEnded } from './byte-reader.ts';
import { shakeHands } from './handshake.ts';
import { NbdProtocolError } from './protocol.ts';
import { transmit } from './transmission.ts';

/** Serves disks by their names to clients of a unix socket. */
export class NbdServer implements AsyncDisposable {
  readonly socket: string;
  readonly #server: Server;
  readonly #exports = new Map<string, BlockDevice>();
  readonly #connections = new Set<Socket>();

  private constructor(socket: string) {
    this.socket = socket;
    this.#server = createServer((connection) => void this.#serve(connection));
  }

  /** @throws {InfrastructureError} if nothing can listen there. */
  static async listen(socket: string): Promise<NbdServer> {
    const server = new NbdServer(socket);
    try {
      server.#server.listen(socket);
      await once(server.#server, 'listening');
      return server;
    } catch (error) {
      throw new InfrastructureError(`Cannot serve disks at ${socket}: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  }

  /** Offers a disk to connections that come from now on. */
  add(name: string, device: BlockDevice): void {
    if (this.#exports.has(name))
      throw new Error(`A disk named "${name}" is served at ${this.socket} already.`);
    this.#exports.set(name, device);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  async #serve(connection: Socket): Promise<void> {
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    const reader = new ByteReader(connection);
    try {
      const device = await shakeHands(connection, reader, this.#exports);
      if (device !== undefined) await transmit(connection, reader, device);
      connection.end();
    } catch (error) {
      connection.destroy();
      // A client that hangs up or talks nonsense loses its connection, and nothing else.
      if (!(error instanceof ConnectionEnded || error instanceof NbdProtocolError)) throw error;
    }
  }
}
