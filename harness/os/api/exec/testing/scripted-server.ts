import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

import { WebSocketServer, type WebSocket } from 'ws';

/** A server of `/exec` on a unix socket that says what a test wants. */
export class ScriptedServer implements AsyncDisposable {
  readonly #path: string;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #waiting: ((client: ScriptedClient) => void)[] = [];
  /** When it is set, connections are refused with this status and text. */
  refusal: { readonly status: number; readonly text: string } | undefined;

  private constructor(path: string) {
    this.#path = path;
    this.#server = createServer();
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.refusal !== undefined) {
        const { status, text } = this.refusal;
        socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        this.#waiting.shift()?.(new ScriptedClient(client));
      });
    });
  }

  static async listen(path: string): Promise<ScriptedServer> {
    const server = new ScriptedServer(path);
    server.#server.listen(path);
    await once(server.#server, 'listening');
    return server;
  }

  connect = (): Socket => connect(this.#path);

  /** The next connection. */
  client(): Promise<ScriptedClient> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** One connection, from the server's side. */
export class ScriptedClient {
  readonly socket: WebSocket;
  readonly #received: (string | Buffer)[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      this.#received.push(isBinary ? data : data.toString());
      this.#wake();
    });
  }

  /** The next message: text as JSON, or bytes. */
  async next(): Promise<unknown> {
    for (;;) {
      const message = this.#received.shift();
      if (typeof message === 'string') return JSON.parse(message);
      if (message !== undefined) return message;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** How many messages were not asked for yet. */
  get unread(): number {
    return this.#received.length;
  }

  allow(maxOutstanding: number, written = 0): void {
    const capacity = { max_messages_outstanding: maxOutstanding, messages_written: written };
    this.socket.send(JSON.stringify({ Capacity: capacity }));
  }

  write(text: string): void {
    this.socket.send(Buffer.from(text));
  }

  end(exitCode: number): void {
    this.socket.close(1000, String(exitCode));
  }

  async closed(): Promise<void> {
    await once(this.socket, 'close');
  }
}
