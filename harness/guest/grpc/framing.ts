import { GrpcProtocolError } from './errors.ts';

/** A flag for compression, which is never asked for, and the length of what follows. */
const PREFIX_BYTES = 5;
/** containerd cuts the output of a program off at 16 MiB, its longest answer. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** A message as it goes over the wire. */
export function frameMessage(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Cuts what comes over the wire into messages again. */
export class MessageSplitter {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** @throws {GrpcProtocolError} for compressed messages, and for those that would fill the harness's memory. */
  *push(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + this.#lengthOfNext();
      if (this.#bytes < end) return;
      const all = this.#join();
      this.#chunks = [all.subarray(end)];
      this.#bytes -= end;
      yield all.subarray(PREFIX_BYTES, end);
    }
  }

  /** Whether the last message is not whole. */
  get isTorn(): boolean {
    return this.#bytes > 0;
  }

  #lengthOfNext(): number {
    const [first] = this.#chunks;
    const prefix = first !== undefined && first.length >= PREFIX_BYTES ? first : this.#join();
    if (prefix[0] !== 0) throw new GrpcProtocolError('a message is compressed');
    const length = prefix.readUInt32BE(1);
    if (length <= MAX_MESSAGE_BYTES) return length;
    throw new GrpcProtocolError(`a message has ${length} bytes, the most is ${MAX_MESSAGE_BYTES}`);
  }

  #join(): Buffer {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
