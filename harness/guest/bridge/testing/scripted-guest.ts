import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { Decoder, type Decoded } from '../wire/decoder.ts';
import { encodeData, encodeFrame, encodeGreeting } from '../wire/encoder.ts';
import { PROTOCOL_VERSION, type Frame, type FrameType } from '../protocol.ts';

/** A guest's end that follows a test's script, on the unix socket that QEMU would offer. */
export class ScriptedGuest implements AsyncDisposable {
  readonly #server: Server;
  #socket: Socket | undefined;
  #decoder = new Decoder();
  #received: Decoded[] = [];
  #wake: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(path: string): Promise<ScriptedGuest> {
    const server = createServer();
    const guest = new ScriptedGuest(server);
    server.on('connection', (socket) => {
      guest.#accept(socket);
    });
    server.listen(path);
    await once(server, 'listening');
    return guest;
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    this.#decoder = new Decoder();
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      this.#decoder.push(bytes);
      for (let item = this.#decoder.next(); item !== undefined; item = this.#decoder.next())
        this.#received.push(item);
      this.#wake();
    });
  }

  /** The next frame of this type; those before it are dropped. */
  async next(type: FrameType): Promise<Frame> {
    for (;;) {
      const frame = await this.nextOfAny();
      if (frame.type === type) return frame;
    }
  }

  async nextOfAny(): Promise<Frame> {
    for (;;) {
      const item = this.#received.shift();
      if (item !== undefined && item !== 'beginning') return item;
      if (item === undefined) {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    }
  }

  /** Answers the next HELLO. */
  async greet(version = PROTOCOL_VERSION): Promise<void> {
    const { payload: nonce } = await this.next('hello');
    this.acknowledge(nonce, version);
  }

  acknowledge(nonce: Buffer, version = PROTOCOL_VERSION): void {
    this.sendRaw(...encodeGreeting('ack', Buffer.concat([nonce, Buffer.from([version])])));
  }

  boot(): void {
    this.sendRaw(...encodeGreeting('boot'));
  }

  send(type: FrameType, stream: number, payload?: Buffer): void {
    this.sendRaw(...encodeFrame(type, stream, payload));
  }

  sendData(stream: number, text: string): void {
    this.sendRaw(...encodeData(stream, Buffer.from(text)));
  }

  sendRaw(...buffers: Buffer[]): void {
    this.#socket?.write(Buffer.concat(buffers));
  }

  hangUp(): void {
    this.#socket?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }
}
