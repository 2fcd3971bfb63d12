import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

import { InfrastructureError, messageOf } from '../../util/errors.ts';

/** What a client asked a proxy for. */
export interface Tunnel {
  /** `host:port`, as the client named it. */
  readonly target: string;
  /** The request's proxy-authorization. */
  readonly authorization: string | undefined;
}

/**
 * A proxy for HTTPS, on a unix socket (RFC 9110, CONNECT). It connects to what it has a route for, and to nothing of the
 * host's network.
 */
export class ConnectProxy implements AsyncDisposable {
  /** In the order of their arrival. */
  readonly tunnels: Tunnel[] = [];
  readonly #routes: ReadonlyMap<string, string>;
  readonly #server: Server;
  readonly #open = new Set<Duplex>();

  private constructor(routes: ReadonlyMap<string, string>) {
    this.#routes = routes;
    this.#server = createServer((_request, response) => {
      response.writeHead(405).end('only CONNECT\n');
    });
    this.#server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
      this.#tunnel(request, client, head);
    });
  }

  /**
   * @param routes `host:port` → the unix socket at which such a server listens.
   * @throws {InfrastructureError} when it can't listen on `socket`.
   */
  static async listen(routes: ReadonlyMap<string, string>, socket: string): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(routes);
    try {
      proxy.#server.listen({ path: socket });
      await once(proxy.#server, 'listening');
    } catch (error) {
      throw new InfrastructureError(`Cannot serve as a proxy at ${socket}: ${messageOf(error)}.`, {
        cause: error,
      });
    }
    return proxy;
  }

  /** Breaks all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#open) stream.destroy();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #tunnel({ url: target = '', headers }: IncomingMessage, client: Duplex, head: Buffer): void {
    this.tunnels.push({ target, authorization: headers['proxy-authorization'] });
    const socket = this.#routes.get(target);
    if (socket === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const server = connect(socket, () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      server.write(head);
      server.pipe(client).pipe(server);
    });
    this.#keep(client, server);
    this.#keep(server, client);
  }

  /** Until it ends; then the other end of the tunnel does too. */
  #keep(stream: Duplex, other: Duplex): void {
    this.#open.add(stream);
    // A broken connection is closed as well; the client sees that, and the test sees the client.
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.#open.delete(stream);
      other.destroy();
    });
  }
}
