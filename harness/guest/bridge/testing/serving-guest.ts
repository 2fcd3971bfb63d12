import { createConnection, type Socket } from 'node:net';

import { encodeData, encodeFrame, encodeWindow } from '../wire/encoder.ts';
import { WINDOW_BYTES, type Frame } from '../protocol.ts';
import { ScriptedGuest } from './scripted-guest.ts';

interface Relayed {
  readonly socket: Socket;
  window: number;
}

/** A guest whose every service is the same unix socket, which a test listens on. */
export class ServingGuest implements AsyncDisposable {
  readonly #guest: ScriptedGuest;
  readonly #servicePath: string;
  readonly #streams = new Map<number, Relayed>();
  /** How many streams were opened up to now. */
  opened = 0;

  private constructor(guest: ScriptedGuest, servicePath: string) {
    this.#guest = guest;
    this.#servicePath = servicePath;
  }

  /** Listens where QEMU would offer the port, and answers every greeting. */
  static async listen(portPath: string, servicePath: string): Promise<ServingGuest> {
    const guest = await ScriptedGuest.listen(portPath);
    const serving = new ServingGuest(guest, servicePath);
    void serving.#serve();
    return serving;
  }

  /** The guest's bridge starts again, as after a reboot. */
  reboot(): void {
    this.#endStreams();
    this.#guest.boot();
  }

  async #serve(): Promise<never> {
    for (;;) this.#handle(await this.#guest.nextOfAny());
  }

  #handle({ type, stream, payload }: Frame): void {
    const relayed = this.#streams.get(stream);
    if (type === 'hello') {
      this.#endStreams();
      this.#guest.acknowledge(payload);
    } else if (type === 'open') {
      this.#open(stream);
    } else if (type === 'data') {
      relayed?.socket.write(payload, () => {
        this.#guest.sendRaw(...encodeFrame('win', stream, encodeWindow(payload.length)));
      });
    } else if (type === 'end') {
      relayed?.socket.end();
    } else if (type === 'win' && relayed !== undefined) {
      relayed.window += payload.readUInt32LE();
      if (relayed.window >= WINDOW_BYTES / 4) relayed.socket.resume();
    } else if (type === 'rst') {
      relayed?.socket.destroy();
      this.#guest.send('rst', stream);
    }
  }

  #open(stream: number): void {
    this.opened += 1;
    const socket = createConnection(this.#servicePath);
    const relayed: Relayed = { socket, window: WINDOW_BYTES };
    this.#streams.set(stream, relayed);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      relayed.window -= bytes.length;
      // Node reads 64 KiB at most, which is what is left of the window at least.
      if (relayed.window < WINDOW_BYTES / 4) socket.pause();
      this.#guest.sendRaw(...encodeData(stream, bytes));
    });
    socket.on('end', () => {
      if (this.#streams.get(stream) === relayed) this.#guest.send('end', stream);
    });
  }

  #endStreams(): void {
    for (const { socket } of this.#streams.values()) socket.destroy();
    this.#streams.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endStreams();
    await this.#guest[Symbol.asyncDispose]();
  }
}
