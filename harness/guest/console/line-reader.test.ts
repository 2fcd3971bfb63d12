import fc from 'fast-check';
import { expect, test } from 'vitest';

import { LineReader } from './line-reader.ts';

test('gives the same lines however the bytes are cut', () => {
  const texts = fc.array(fc.stringMatching(/^(?:[ -~äß€]|🔥){0,30}$/), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lines, sizes) => {
      const reader = new LineReader(() => 0);
      const bytes = Buffer.from(lines.map((line) => `\u001b[!p\u001b[1m${line}\u001b[0m\r\n`).join(''));
      const read: string[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        read.push(...reader.push(bytes.subarray(at, at + size)).map(({ text }) => text));
        at += size;
      }
      expect(read).toEqual(lines);
    }),
  );
});

test('a line carries the time of its first byte', () => {
  let now = 10;
  const reader = new LineReader(() => now);
  expect(reader.push(Buffer.from('log'))).toEqual([]);
  expect(reader.unfinished()).toEqual({ number: 0, atMs: 10, text: 'log' });
  now = 99;
  expect(reader.push(Buffer.from('in\nnext\n'))).toEqual([
    { number: 0, atMs: 10, text: 'login' },
    { number: 1, atMs: 99, text: 'next' },
  ]);
  expect(reader.unfinished()).toBeUndefined();
});

test('a line without end is cut, noise does no harm', () => {
  const reader = new LineReader(() => 0);
  const [line] = reader.push(Buffer.alloc(5000, 'x'));
  expect(line?.text).toHaveLength(5000);
  expect(reader.push(Buffer.from([0xff, 0x00, 0x1b, 0x5b, 0x0a]))[0]?.text).toMatch(/^\ufffd/);
});
