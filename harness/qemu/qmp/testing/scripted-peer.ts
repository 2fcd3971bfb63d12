import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const GREETING = {
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 } }, capabilities: ['oob'] },
};

export interface Command {
  readonly execute: string;
  readonly arguments?: Record<string, unknown>;
  readonly id: number;
}

/** What a test makes QEMU do on its side of one connection. */
export interface Peer {
  /** The next command, in the order in which they came. */
  readonly nextCommand: () => Promise<Command>;
  readonly send: (message: object) => void;
  readonly sendBytes: (bytes: string | Uint8Array) => void;
  readonly hangUp: () => void;
}

/** A listening unix socket whose connections are served by a test's script. For tests only. */
export class ScriptedPeer implements AsyncDisposable {
  readonly path: string;
  readonly #directory: string;
  readonly #script: (peer: Peer) => Promise<void> | void;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(directory: string, script: (peer: Peer) => Promise<void> | void) {
    this.#directory = directory;
    this.path = join(directory, 'qmp');
    this.#script = script;
  }

  /** @param options.listen false: nothing listens until `listen()` is called. */
  static async start(
    script: (peer: Peer) => Promise<void> | void,
    { listen = true }: { listen?: boolean } = {},
  ): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(await mkdtemp(join(tmpdir(), 'hotfire-peer-')), script);
    if (listen) await peer.listen();
    return peer;
  }

  async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      void this.#script(peerOver(socket));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
    await rm(this.#directory, { recursive: true });
  }
}

function peerOver(socket: Socket): Peer {
  const commands: Command[] = [];
  const waiting: ((command: Command) => void)[] = [];
  let rest = '';
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const command = JSON.parse(line) as Command;
      const next = waiting.shift();
      if (next === undefined) commands.push(command);
      else next(command);
    }
  });
  const sendBytes = (bytes: string | Uint8Array): void => {
    socket.write(bytes);
  };
  return {
    nextCommand: () => {
      const command = commands.shift();
      return command === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(command);
    },
    send: (message) => {
      sendBytes(`${JSON.stringify(message)}\r\n`);
    },
    sendBytes,
    hangUp: () => {
      socket.end();
    },
  };
}

/** Greets and accepts the negotiation, as every QEMU does before anything else. */
export async function negotiate(peer: Peer): Promise<void> {
  peer.send(GREETING);
  const { id } = await peer.nextCommand();
  peer.send({ return: {}, id });
}
