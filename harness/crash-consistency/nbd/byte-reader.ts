import type { Socket } from 'node:net';

/** The peer hung up where more of a message was due, or where one could begin. */
export class ConnectionEnded extends Error {}

/**
 * Takes exact numbers of bytes off a socket. What has arrived already is there without another turn of the event loop.
 * One `take` at a time.
 */
export class ByteReader {
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bufferedBytes += chunk.length;
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    // The close that follows says the same.
    socket.on('error', () => undefined);
  }

  /** @throws {ConnectionEnded} */
  async take(lengthBytes: number): Promise<Buffer> {
    while (this.#bufferedBytes < lengthBytes) {
      if (this.#ended) throw new ConnectionEnded();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const bytes = all ?? Buffer.concat(this.#chunks);
    this.#chunks = bytes.length === lengthBytes ? [] : [bytes.subarray(lengthBytes)];
    this.#bufferedBytes -= lengthBytes;
    return bytes.subarray(0, lengthBytes);
  }
}
