import { BridgeStreamError, type StreamFailure } from './errors.ts';
import { encodeData, encodeFrame, encodeWindow } from './wire/encoder.ts';
import { MAX_STREAMS, ProtocolViolation, type Frame } from './protocol.ts';
import { BridgeStream } from './stream.ts';

type Known = { readonly state: 'live'; readonly service: string; readonly stream: BridgeStream } | Reset;
/** RST was sent, the answer has not come. */
interface Reset {
  readonly state: 'reset';
}

const SERVICE_NAME = /^[a-z0-9-]{1,64}$/;

/** The streams of one HELLO, and what the guest's frames mean for them. */
export class Session {
  readonly #write: (buffers: Buffer[]) => void;
  readonly #streams = new Map<number, Known>();
  #lastId = 0;

  constructor(write: (buffers: Buffer[]) => void) {
    this.#write = write;
  }

  /** @throws {BridgeStreamError} for a name that can't be a service, or when too many streams are open. */
  open(service: string): BridgeStream {
    if (!SERVICE_NAME.test(service)) {
      throw new BridgeStreamError(service, 'refused', 'a service name is 1 to 64 of a-z, 0-9 and "-".');
    }
    if (this.#streams.size >= MAX_STREAMS) {
      throw new BridgeStreamError(service, 'refused', `${MAX_STREAMS} streams are open already.`);
    }
    const id = ++this.#lastId;
    const stream = this.#makeStream(id);
    this.#streams.set(id, { state: 'live', service, stream });
    this.#write(encodeFrame('open', id, Buffer.from(service)));
    return stream;
  }

  #makeStream(id: number): BridgeStream {
    const stream: BridgeStream = new BridgeStream({
      data: (bytes) => {
        this.#write(encodeData(id, bytes));
      },
      end: () => {
        this.#write(encodeFrame('end', id));
        if (stream.over) this.#streams.delete(id);
      },
      abort: () => {
        this.#streams.set(id, { state: 'reset' });
        this.#write(encodeFrame('rst', id));
      },
      giveBack: (bytes) => {
        this.#write(encodeFrame('win', id, encodeWindow(bytes)));
      },
    });
    return stream;
  }

  /** @throws {ProtocolViolation} */
  receive(frame: Frame): void {
    const known = this.#streams.get(frame.stream);
    if (frame.type === 'rst') {
      this.#receiveReset(frame, known);
    } else if (known?.state === 'live') {
      this.#receiveLive(frame, known.stream);
    } else if (known === undefined && frame.type !== 'win') {
      throw new ProtocolViolation(`${frame.type} for unknown stream ${frame.stream}`);
    }
  }

  #receiveLive({ type, stream: id, payload }: Frame, stream: BridgeStream): void {
    if (type === 'data') {
      stream.receiveData(payload);
    } else if (type === 'win' && payload.length === 4) {
      stream.receiveWindow(payload.readUInt32LE());
    } else if (type === 'end') {
      stream.receiveEnd();
      if (stream.over) this.#streams.delete(id);
    } else {
      throw new ProtocolViolation(`${type} of ${payload.length} bytes for stream ${id}`);
    }
  }

  #receiveReset({ stream: id, payload }: Frame, known: Known | undefined): void {
    this.#streams.delete(id);
    if (known?.state === 'reset') return;
    this.#write(encodeFrame('rst', id));
    if (known === undefined) return;
    const reason = payload.length === 0 ? 'the guest reset it.' : `${payload.toString('utf8')}.`;
    known.stream.fail(new BridgeStreamError(known.service, 'refused', reason));
  }

  /** Ends every stream at once, without a word to the guest. */
  fail(failure: StreamFailure, reason: string): void {
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const known of streams) {
      if (known.state === 'live') known.stream.fail(new BridgeStreamError(known.service, failure, reason));
    }
  }
}
