import { describe, expect, test } from 'vitest';

import { Decoder } from './wire/decoder.ts';
import { encodeWindow } from './wire/encoder.ts';
import { BridgeStreamError } from './errors.ts';
import { MAGIC } from './wire/magic.ts';
import {
  EMPTY,
  MAX_STREAMS,
  ProtocolViolation,
  WINDOW_BYTES,
  type Frame,
  type FrameType,
} from './protocol.ts';
import { Session } from './session.ts';
import type { BridgeStream } from './stream.ts';

class Peer {
  readonly #decoder = new Decoder();
  readonly session = new Session((buffers) => {
    this.#decoder.push(Buffer.concat(buffers));
  });

  constructor() {
    this.#decoder.push(MAGIC);
    this.#decoder.next();
  }

  /** What the host has written since the last call. */
  frames(): Frame[] {
    const frames: Frame[] = [];
    for (let item = this.#decoder.next(); item !== undefined; item = this.#decoder.next()) {
      frames.push(item as Frame);
    }
    return frames;
  }

  /** The same, only the type and stream of each frame. */
  written(): string[] {
    return this.frames().map(({ type, stream }) => `${type} ${stream}`);
  }

  receive(type: FrameType, stream: number, payload: Buffer = EMPTY): void {
    this.session.receive({ type, stream, payload });
  }

  open(): BridgeStream {
    return this.session.open('api').on('error', () => undefined);
  }
}

/** Long enough for what streams do in a later tick. */
function aTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('streams are counted from one, and never again', () => {
  const peer = new Peer();
  peer.open();
  peer.receive('rst', 1);
  peer.open();
  expect(peer.written()).toEqual(['open 1', 'rst 1', 'open 2']);
});

describe('an open stream', () => {
  test('sends what is written, and takes what is received', async () => {
    const peer = new Peer();
    const stream = peer.open();
    stream.write('question');
    peer.receive('data', 1, Buffer.from('answer'));
    await aTick();
    expect(peer.written()).toEqual(['open 1', 'data 1']);
    expect(String(stream.read())).toBe('answer');
  });

  test('sends more when its window grows', async () => {
    const peer = new Peer();
    peer.open().write(Buffer.alloc(WINDOW_BYTES + 1));
    await aTick();
    peer.written();
    peer.receive('win', 1, encodeWindow(1));
    expect(peer.frames()).toMatchObject([{ type: 'data', payload: Buffer.alloc(1) }]);
  });

  test('lets the guest send more for what has been read', async () => {
    const peer = new Peer();
    peer.open().resume();
    await aTick();
    for (let sent = 0; sent < WINDOW_BYTES / 4; sent += 1024) peer.receive('data', 1, Buffer.alloc(1024));
    await aTick();
    expect(peer.frames()).toMatchObject([
      { type: 'open' },
      { type: 'win', payload: Buffer.from([0, 0, 1, 0]) },
    ]);
  });

  test('is known after its end, until the host has ended it too', async () => {
    const peer = new Peer();
    peer.open().write(Buffer.alloc(WINDOW_BYTES + 1));
    await aTick();
    peer.written();
    peer.receive('end', 1);
    peer.receive('win', 1, encodeWindow(1));
    expect(peer.written()).toEqual(['data 1']);
  });
});

describe('a stream is forgotten', () => {
  test.each(['guest', 'host'])('when both ends are done, the %s first', async (first) => {
    const peer = new Peer();
    const stream = peer.open().resume();
    if (first === 'guest') peer.receive('end', 1);
    stream.end();
    await aTick();
    expect(peer.written()).toEqual(['open 1', 'end 1']);
    if (first === 'host') {
      peer.receive('data', 1, Buffer.from('answer'));
      peer.receive('end', 1);
    }
    expect(() => {
      peer.receive('data', 1);
    }).toThrow('data for unknown stream 1');
    await aTick();
    expect(stream.destroyed).toBe(true);
    expect(peer.written()).toEqual([]);
  });

  test('when the guest has answered its reset, and not before', async () => {
    const peer = new Peer();
    peer.open().destroy();
    await aTick();
    expect(peer.written()).toEqual(['open 1', 'rst 1']);
    for (const type of ['data', 'win', 'end'] as const) peer.receive(type, 1);
    peer.receive('rst', 1);
    expect(peer.written()).toEqual([]);
    expect(() => {
      peer.receive('end', 1);
    }).toThrow('end for unknown stream 1');
  });

  test('when the guest resets it, which is answered once', async () => {
    const peer = new Peer();
    const stream = peer.open();
    peer.receive('rst', 1, Buffer.from('no such service'));
    await aTick();
    expect(stream.errored).toEqual(new BridgeStreamError('api', 'refused', 'no such service.'));
    expect(peer.written()).toEqual(['open 1', 'rst 1']);
    expect(() => {
      peer.receive('data', 1);
    }).toThrow(ProtocolViolation);
  });
});

describe('of a stream that is not known', () => {
  test('a reset is answered, and a late window means nothing', () => {
    const peer = new Peer();
    peer.receive('win', 9, encodeWindow(1));
    expect(peer.written()).toEqual([]);
    peer.receive('rst', 9);
    expect(peer.written()).toEqual(['rst 9']);
  });

  test.each(['data', 'end', 'open'] as const)('%s is a breach of the protocol', (type) => {
    expect(() => {
      new Peer().receive(type, 9);
    }).toThrow(new ProtocolViolation(`${type} for unknown stream 9`));
  });
});

describe('of an open stream', () => {
  test.each([
    ['open', EMPTY],
    ['win', Buffer.alloc(3)],
    ['win', Buffer.alloc(5)],
  ] as const)('%s with %o is a breach of the protocol', (type, payload) => {
    const peer = new Peer();
    peer.open();
    expect(() => {
      peer.receive(type, 1, payload);
    }).toThrow(`${type} of ${payload.length} bytes for stream 1`);
  });

  test('a reset without a word says who it was', async () => {
    const peer = new Peer();
    const stream = peer.open();
    peer.receive('rst', 1);
    await aTick();
    expect(stream.errored?.message).toBe('The stream to the guest\'s "api" failed: the guest reset it.');
  });
});

describe('the limit of streams', () => {
  test('holds for those that are open or still to be forgotten', async () => {
    const peer = new Peer();
    const streams = Array.from({ length: MAX_STREAMS }, () => peer.open());
    expect(peer.written()).toHaveLength(128);
    const refused = new BridgeStreamError('api', 'refused', '128 streams are open already.');
    expect(() => peer.open()).toThrow(refused);
    streams[5]?.destroy();
    await aTick();
    expect(() => peer.open()).toThrow(refused);
    peer.receive('rst', 6);
    peer.open();
    expect(() => peer.open()).toThrow(refused);
    expect(peer.written()).toEqual(['rst 6', 'open 129']);
  });
});

describe('a session that fails', () => {
  test('ends all its streams without a word', async () => {
    const peer = new Peer();
    const [live, aborted] = [peer.open(), peer.open()];
    aborted.destroy();
    await aTick();
    peer.written();
    peer.session.fail('lost', 'QEMU is gone.');
    await aTick();
    expect(live.errored).toEqual(new BridgeStreamError('api', 'lost', 'QEMU is gone.'));
    expect(aborted.errored).toBeNull();
    expect(peer.written()).toEqual([]);
    peer.receive('win', 1, encodeWindow(1));
    expect(() => {
      peer.receive('data', 2);
    }).toThrow(ProtocolViolation);
  });
});

test.each(['a', '0', 'a-b-9', 'x'.repeat(64)])('%s is a service name', (name) => {
  expect(new Peer().session.open(name).destroyed).toBe(false);
});

test.each(['', 'A', 'a b', 'a_b', 'a\n', 'x'.repeat(65)])('%j is no service name', (name) => {
  expect(() => new Peer().session.open(name)).toThrow(
    new BridgeStreamError(name, 'refused', 'a service name is 1 to 64 of a-z, 0-9 and "-".'),
  );
});
