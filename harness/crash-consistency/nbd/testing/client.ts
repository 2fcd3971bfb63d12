import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { ByteReader } from '../byte-reader.ts';
import { COMMAND, COMMAND_FLAG_FUA, MAGIC, OPTION, OPTION_REPLY } from '../protocol.ts';

interface OptionReply {
  readonly type: number;
  readonly payload: Buffer;
}

/** A client that says exactly what a test wants it to. For tests only. */
export class NbdClient implements Disposable {
  readonly reader: ByteReader;
  readonly #socket: Socket;
  #cookie = 0n;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.reader = new ByteReader(socket);
  }

  /** Connects, and answers the greeting with these flags. */
  static async connect(path: string, flags = 3): Promise<NbdClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    const client = new NbdClient(socket);
    const greeting = await client.reader.take(18);
    if (greeting.readBigUInt64BE() !== MAGIC.greeting) throw new Error('The greeting has a wrong magic.');
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(flags);
    client.send(bytes);
    return client;
  }

  /** A client that has chosen an export. */
  static async of(path: string, name: string): Promise<NbdClient> {
    const client = await NbdClient.connect(path);
    const replies = await client.option(OPTION.go, nameData(name));
    if (replies.at(-1)?.type !== OPTION_REPLY.ack) throw new Error(`There is no export "${name}".`);
    return client;
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** @returns the replies up to the one that ends the option. */
  async option(option: number, data: Buffer): Promise<OptionReply[]> {
    this.send(optionRequest(option, data));
    const replies: OptionReply[] = [];
    for (;;) {
      const header = await this.reader.take(20);
      const payload = await this.reader.take(header.readUInt32BE(16));
      const type = header.readUInt32BE(12);
      replies.push({ type, payload });
      if (type !== OPTION_REPLY.info && type !== OPTION_REPLY.server) return replies;
    }
  }

  write(offset: number, data: Buffer, { fua = false } = {}): Promise<number> {
    return this.#ask(COMMAND.write, offset, data.length, fua ? COMMAND_FLAG_FUA : 0, data);
  }

  flush(): Promise<number> {
    return this.#ask(COMMAND.flush, 0, 0);
  }

  ask(command: number, offset: number, lengthBytes: number): Promise<number> {
    return this.#ask(command, offset, lengthBytes);
  }

  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    const error = await this.#ask(COMMAND.read, offset, lengthBytes);
    if (error !== 0) throw new Error(`The read failed with ${error}.`);
    return this.reader.take(lengthBytes);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** @returns the error in the answer. */
  async #ask(
    command: number,
    offset: number,
    lengthBytes: number,
    flags = 0,
    data: Buffer = Buffer.alloc(0),
  ): Promise<number> {
    const cookie = ++this.#cookie;
    this.send(Buffer.concat([request(command, cookie, offset, lengthBytes, flags), data]));
    const answer = await this.reader.take(16);
    if (answer.readBigUInt64BE(8) !== cookie) throw new Error('The answer is to another request.');
    return answer.readUInt32BE(4);
  }
}

export function request(
  command: number,
  cookie: bigint,
  offset: number,
  lengthBytes: number,
  flags = 0,
): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(MAGIC.request);
  bytes.writeUInt16BE(flags, 4);
  bytes.writeUInt16BE(command, 6);
  bytes.writeBigUInt64BE(cookie, 8);
  bytes.writeBigUInt64BE(BigInt(offset), 16);
  bytes.writeUInt32BE(lengthBytes, 24);
  return bytes;
}

export function optionRequest(option: number, data: Buffer, lengthBytes = data.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeBigUInt64BE(MAGIC.option);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(lengthBytes, 12);
  return Buffer.concat([header, data]);
}

/** What INFO and GO carry: the name, and no requests for more than the server sends by itself. */
export function nameData(name: string): Buffer {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(name) + 2);
  bytes.writeUInt32BE(Buffer.byteLength(name));
  bytes.write(name, 4);
  return bytes;
}
