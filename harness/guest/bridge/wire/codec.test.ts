import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Decoder, type Decoded } from './decoder.ts';
import { encodeData, encodeFrame, encodeGreeting } from './encoder.ts';
import { heldBackBytes, MAGIC } from './magic.ts';
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from '../protocol.ts';

const BEGINNING = Buffer.concat(encodeGreeting('boot'));

/** Bytes in which whole and cut-off magics are common. */
const trickyBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.nat(MAGIC.length).map((length) => MAGIC.subarray(0, length)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

function decode(wire: Buffer, chunkBytes: number): Decoded[] {
  const decoder = new Decoder();
  const items: Decoded[] = [];
  for (let at = 0; at < wire.length; at += chunkBytes) {
    decoder.push(wire.subarray(at, at + chunkBytes));
    for (let item = decoder.next(); item !== undefined; item = decoder.next()) items.push(item);
  }
  return items;
}

function dataOf(items: Decoded[]): Buffer {
  return Buffer.concat(items.map((item) => (item === 'beginning' ? Buffer.alloc(0) : item.payload)));
}

test('data survives any chunking, whatever it holds', () => {
  fc.assert(
    fc.property(trickyBytes, fc.integer({ min: 1, max: 40 }), (data, chunkBytes) => {
      const wire = Buffer.concat([BEGINNING, ...encodeData(7, data)]);
      expect(dataOf(decode(wire, chunkBytes).slice(2))).toEqual(data);
    }),
  );
});

test('the magic is never in data on the wire', () => {
  fc.assert(
    fc.property(trickyBytes, (data) => {
      expect(Buffer.concat(encodeData(7, data)).includes(MAGIC)).toBe(false);
    }),
  );
});

test('a torn frame never swallows the beginning that follows it', () => {
  fc.assert(
    fc.property(trickyBytes, fc.nat(), fc.integer({ min: 1, max: 40 }), (data, cut, chunkBytes) => {
      const sent = Buffer.concat(encodeData(7, data));
      const torn = sent.subarray(0, cut % (sent.length + 1));
      const items = decode(Buffer.concat([BEGINNING, torn, BEGINNING]), chunkBytes);
      expect(items.at(-2)).toBe('beginning');
      expect(items.at(-1)).toMatchObject({ type: 'boot' });
      const delivered = dataOf(items.slice(2, -2));
      expect(data.subarray(0, delivered.length)).toEqual(delivered);
    }),
  );
});

test('out of step, nothing is heard before the next magic', () => {
  const noise = trickyBytes.filter((bytes) => !bytes.includes(MAGIC));
  fc.assert(
    fc.property(noise, fc.integer({ min: 1, max: 40 }), (bytes, chunkBytes) => {
      const decoder = new Decoder();
      decoder.push(Buffer.concat([...encodeGreeting('boot'), ...encodeFrame('end', 3)]));
      expect([decoder.next(), decoder.next(), decoder.next()]).toMatchObject([
        'beginning',
        {},
        { type: 'end' },
      ]);
      decoder.loseStep();
      const wire = Buffer.concat([
        ...encodeFrame('end', 4),
        bytes,
        ...encodeGreeting('ack'),
        ...encodeFrame('end', 5),
      ]);
      const items: Decoded[] = [];
      for (let at = 0; at < wire.length; at += chunkBytes) {
        decoder.push(wire.subarray(at, at + chunkBytes));
        for (let item = decoder.next(); item !== undefined; item = decoder.next()) items.push(item);
      }
      expect(items).toMatchObject(['beginning', { type: 'ack', stream: 0 }, { type: 'end', stream: 5 }]);
    }),
  );
});

test('a frame is heard when its last byte has come, and not before', () => {
  const frame = Buffer.concat(encodeFrame('data', 0x01020304, Buffer.from('abc')));
  const decoder = new Decoder();
  decoder.push(MAGIC);
  expect(decoder.next()).toBe('beginning');
  for (const byte of frame.subarray(0, -1)) {
    decoder.push(Buffer.from([byte]));
    expect(decoder.next()).toBeUndefined();
  }
  decoder.push(frame.subarray(-1));
  expect(decoder.next()).toEqual({ type: 'data', stream: 0x01020304, payload: Buffer.from('abc') });
  expect(decoder.next()).toBeUndefined();
});

test.each([
  ['end', 2 ** 31 - 1, 0],
  ['data', 1, MAX_PAYLOAD_BYTES],
] as const)('a frame as large as can be is read: %s %i of %i bytes', (type, stream, bytes) => {
  const payload = Buffer.alloc(bytes, 1);
  const wire = Buffer.concat([MAGIC, ...encodeFrame(type, stream, payload)]);
  expect(decode(wire, wire.length)).toEqual(['beginning', { type, stream, payload }]);
});

test('large data goes in full frames', () => {
  const frames = encodeData(1, Buffer.alloc(MAX_PAYLOAD_BYTES + 1));
  expect(frames.map((piece) => piece.length)).toEqual([HEADER_BYTES, MAX_PAYLOAD_BYTES, HEADER_BYTES, 1]);
});

test('only the first bytes of a magic are held back', () => {
  for (let length = 0; length < MAGIC.length; length++) {
    expect(heldBackBytes(Buffer.concat([Buffer.from('data'), MAGIC.subarray(0, length)]))).toBe(length);
  }
  expect(heldBackBytes(MAGIC)).toBe(0);
  expect(heldBackBytes(MAGIC.subarray(1))).toBe(0);
});

test.each([
  ['00 00 0000 01000000', 'unknown frame type 0'],
  ['05 01 0000 01000000', 'reserved byte is 1, not 0'],
  ['05 00 f97f 01000000', 'payload of 32761 bytes; at most 32760 fit a frame'],
  ['05 00 0000 00000000', 'data frame with stream id 0'],
  ['05 00 0000 00000080', 'data frame with stream id 2147483648'],
  ['01 00 0000 01000000', 'hello frame with stream id 1'],
  ['02 00 1100 01000000', 'ack frame with stream id 1'],
  ['09 00 0000 01000000', 'renew frame with stream id 1'],
  ['0a 00 0000 01000000', 'renewed frame with stream id 1'],
])('the header %s is refused', (hex, reason) => {
  const decoder = new Decoder();
  decoder.push(Buffer.concat([MAGIC, Buffer.from(hex.replaceAll(' ', ''), 'hex')]));
  expect(decoder.next()).toBe('beginning');
  expect(() => decoder.next()).toThrow(reason);
});

test('the same bytes as the guest writes them', () => {
  const wire = Buffer.concat(encodeFrame('win', 0x7fffffff, Buffer.from([1, 0, 0, 0])));
  expect(wire.toString('hex')).toBe('08000400ffffff7f01000000');
});
