import fc from 'fast-check';
import { expect, test } from 'vitest';

import { AgentLines, SENTINEL, type AgentLine } from './lines.ts';

const LIMIT = 8;

/** What is heard of these bytes, in pieces of at most so many. */
function heard(bytes: Buffer, pieceBytes = bytes.length): AgentLine[] {
  const lines = new AgentLines(LIMIT);
  const found: AgentLine[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    found.push(...lines.push(bytes.subarray(at, at + pieceBytes)));
  }
  return found;
}

const wire = (...parts: (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(typeof part === 'string' ? part : [part])));

test('lines are cut at line feeds, without spaces around and without empty ones', () => {
  expect(heard(wire('a\n', '\n \r\n', ' b \r\n', 'rest'))).toEqual([
    { text: 'a', delimited: false },
    { text: 'b', delimited: false },
  ]);
});

test('a sentinel drops what came before it, and marks its line only', () => {
  expect(heard(wire('half', SENTINEL, 'one\n', 'two\n'))).toEqual([
    { text: 'one', delimited: true },
    { text: 'two', delimited: false },
  ]);
  expect(heard(wire(SENTINEL, 'x', SENTINEL, 'y\n'))).toEqual([{ text: 'y', delimited: true }]);
});

test('a line may be as long as the limit, and none of a longer one is heard', () => {
  expect(heard(wire('12345678\n'))).toEqual([{ text: '12345678', delimited: false }]);
  expect(heard(wire('123456789\n', 'next\n'))).toEqual([
    { text: undefined, delimited: false },
    { text: 'next', delimited: false },
  ]);
  expect(heard(wire('a long line', SENTINEL, '12345678\n'))).toEqual([{ text: '12345678', delimited: true }]);
});

test('the pieces in which bytes come make no difference', () => {
  const part = fc.oneof(fc.constantFrom('a', 'bc', '\n', ' '), fc.constant(SENTINEL));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (parts, pieceBytes) => {
      const bytes = wire(...parts, '\n');
      expect(heard(bytes, pieceBytes)).toEqual(heard(bytes));
    }),
  );
});
