import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ProtocolViolation, WINDOW_BYTES } from './protocol.ts';
import { BridgeStream } from './stream.ts';

const QUARTER = WINDOW_BYTES / 4;

interface Said {
  readonly stream: BridgeStream;
  readonly sent: Buffer[];
  readonly credits: number[];
  readonly words: string[];
}

function speaking(): Said {
  const sent: Buffer[] = [];
  const credits: number[] = [];
  const words: string[] = [];
  const stream = new BridgeStream({
    data: (bytes) => sent.push(bytes),
    end: () => words.push('end'),
    abort: () => words.push('abort'),
    giveBack: (bytes) => credits.push(bytes),
  });
  stream.on('error', () => undefined);
  return { stream, sent, credits, words };
}

function aTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function bytesOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}

describe('what is written', () => {
  test('is sent in order, and never beyond what the guest takes', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: WINDOW_BYTES }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 20_000, max: WINDOW_BYTES }), async (lengths, step) => {
        const { stream, sent } = speaking();
        const all = Buffer.concat(lengths.map((length, index) => Buffer.alloc(length, index + 1)));
        for (const [index, length] of lengths.entries()) stream.write(Buffer.alloc(length, index + 1));
        let window = WINDOW_BYTES;
        for (;;) {
          await aTick();
          expect(bytesOf(sent)).toBe(Math.min(all.length, window));
          if (bytesOf(sent) === all.length) break;
          stream.receiveWindow(step);
          window += step;
        }
        expect(Buffer.concat(sent).equals(all)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('makes no empty frame when the window is closed', async () => {
    const { stream, sent } = speaking();
    stream.write(Buffer.alloc(WINDOW_BYTES));
    stream.write(Buffer.alloc(1));
    await aTick();
    expect(sent.map(({ length }) => length)).toEqual([WINDOW_BYTES]);
    stream.receiveWindow(0);
    expect(sent).toHaveLength(1);
    stream.receiveWindow(1);
    expect(sent.map(({ length }) => length)).toEqual([WINDOW_BYTES, 1]);
  });

  test('is ended once, after all of it', async () => {
    const { stream, sent, words } = speaking();
    stream.end(Buffer.alloc(WINDOW_BYTES + 1));
    await aTick();
    expect(words).toEqual([]);
    stream.receiveWindow(1);
    await aTick();
    expect(bytesOf(sent)).toBe(WINDOW_BYTES + 1);
    expect(words).toEqual(['end']);
  });

  test('a window that grows over its size is a breach', () => {
    const { stream } = speaking();
    stream.write(Buffer.alloc(10));
    stream.receiveWindow(10);
    expect(() => {
      stream.receiveWindow(1);
    }).toThrow(new ProtocolViolation('WIN beyond the window'));
  });
});

describe('what is received', () => {
  test('may fill the window, and no more', () => {
    const { stream } = speaking();
    stream.receiveData(Buffer.alloc(WINDOW_BYTES));
    stream.receiveData(Buffer.alloc(0));
    expect(() => {
      stream.receiveData(Buffer.alloc(1));
    }).toThrow(new ProtocolViolation('DATA beyond the window'));
  });

  test('is credited when it has been read, in quarters of the window', async () => {
    const { stream, credits } = speaking();
    stream.resume();
    await aTick();
    stream.receiveData(Buffer.alloc(QUARTER - 1));
    await aTick();
    expect(credits).toEqual([]);
    stream.receiveData(Buffer.alloc(1));
    await aTick();
    expect(credits).toEqual([QUARTER]);
  });

  test('can be any amount for a reader, while the window is kept', async () => {
    const { stream, credits } = speaking();
    let read = 0;
    stream.on('data', (bytes: Buffer) => (read += bytes.length));
    for (let sent = 0; sent < 4 * WINDOW_BYTES; sent += 30_000) {
      stream.receiveData(Buffer.alloc(30_000));
      await aTick();
    }
    expect(read).toBeGreaterThanOrEqual(4 * WINDOW_BYTES);
    const credited = credits.reduce((sum, credit) => sum + credit, 0);
    expect(credited).toBeGreaterThan(read - QUARTER);
    expect(credited).toBeLessThanOrEqual(read);
  });

  test('is not credited for a reader that does not read', async () => {
    const { stream, credits } = speaking();
    for (let count = 0; count < 4; count += 1) stream.receiveData(Buffer.alloc(QUARTER));
    await aTick();
    expect(credits).toEqual([]);
    expect(stream.readableLength).toBe(WINDOW_BYTES);
  });

  test('is not credited after its end', async () => {
    const { stream, credits } = speaking();
    stream.receiveData(Buffer.alloc(QUARTER));
    stream.receiveEnd();
    stream.resume();
    await aTick();
    expect(credits).toEqual([]);
  });

  test.each(['DATA after END', 'second END'])('%s is a breach', (breach) => {
    const { stream } = speaking();
    stream.receiveEnd();
    expect(() => {
      if (breach === 'second END') stream.receiveEnd();
      else stream.receiveData(Buffer.alloc(0));
    }).toThrow(new ProtocolViolation(breach));
  });
});

describe('the end of a stream', () => {
  test('is over when both ends are, and nothing is said then', async () => {
    const { stream, words } = speaking();
    expect(stream.over).toBe(false);
    stream.end();
    await aTick();
    expect(stream.over).toBe(false);
    stream.receiveEnd();
    expect(stream.over).toBe(true);
    stream.resume();
    await aTick();
    expect(stream.destroyed).toBe(true);
    expect(words).toEqual(['end']);
  });

  test('by its user before that is an abort', async () => {
    const { stream, words } = speaking();
    stream.receiveEnd();
    stream.destroy();
    await aTick();
    expect(words).toEqual(['abort']);
  });
});
