import fc from 'fast-check';
import { expect, it } from 'vitest';

import { LineSplitter } from './lines.ts';

const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\r\n]/.test(text));

it('gives the same lines however the bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(20)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\r\n`).join(''));
      const splitter = new LineSplitter(1000);
      const got: string[] = [];
      let at = 0;
      for (const length of [...cuts, bytes.length]) {
        got.push(...splitter.push(bytes.subarray(at, at + length)));
        at += length;
      }
      expect(got).toEqual(lines);
    }),
  );
});

it('refuses a line longer than its limit, complete or not', () => {
  expect(() => new LineSplitter(3).push(Buffer.from('abcd'))).toThrow(RangeError);
  expect(() => new LineSplitter(3).push(Buffer.from('abcd\n'))).toThrow(RangeError);
  expect(new LineSplitter(3).push(Buffer.from('abc\nabc\n'))).toEqual(['abc', 'abc']);
});
