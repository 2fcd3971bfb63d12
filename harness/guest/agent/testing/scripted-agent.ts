import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { SENTINEL } from '../lines.ts';

export interface AgentCommand {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** A sentinel stood before it. */
  readonly flushed: boolean;
}

/** A guest agent that does only what a test scripts, on the unix socket that QEMU would offer. */
export class ScriptedAgent implements AsyncDisposable {
  readonly #server: Server;
  #socket: Socket | undefined;
  #rest = '';
  #commands: AgentCommand[] = [];
  #wake: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(path: string): Promise<ScriptedAgent> {
    const server = createServer();
    const agent = new ScriptedAgent(server);
    server.on('connection', (socket) => {
      agent.#accept(socket);
    });
    server.listen(path);
    await once(server, 'listening');
    return agent;
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    this.#rest = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      const lines = (this.#rest + bytes.toString('latin1')).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        const flushed = line.startsWith('\xff');
        const command = JSON.parse(line.slice(flushed ? 1 : 0)) as AgentCommand;
        this.#commands.push({ ...command, flushed });
      }
      this.#wake();
    });
  }

  /** The next command, in the order in which they came. */
  async next(): Promise<AgentCommand> {
    for (;;) {
      const command = this.#commands.shift();
      if (command !== undefined) return command;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** Commands that came and have not been taken. */
  get waiting(): number {
    return this.#commands.length;
  }

  /** Answers the next command, which must be a sync. */
  async sync(): Promise<void> {
    this.answerSync(await this.nextSync());
  }

  /** @returns the id of the next command, which must be a sync. */
  async nextSync(): Promise<number> {
    const { execute, arguments: args, flushed } = await this.next();
    if (execute !== 'guest-sync-delimited' || !flushed) throw new Error(`${execute} is no sync`);
    return args?.['id'] as number;
  }

  answerSync(id: number): void {
    this.sendRaw(Buffer.of(SENTINEL), `${JSON.stringify({ return: id })}\n`);
  }

  /** Takes the next command and answers it. */
  async answer(value: unknown): Promise<AgentCommand> {
    const command = await this.next();
    this.sendRaw(`${JSON.stringify({ return: value })}\n`);
    return command;
  }

  async refuse(errorClass: string, desc: string): Promise<AgentCommand> {
    const command = await this.next();
    this.sendRaw(`${JSON.stringify({ error: { class: errorClass, desc } })}\n`);
    return command;
  }

  sendRaw(...pieces: (string | Uint8Array)[]): void {
    for (const piece of pieces) this.#socket?.write(piece);
  }

  hangUp(): void {
    this.#socket?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }
}
