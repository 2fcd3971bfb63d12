import fc from 'fast-check';
import { expect, it } from 'vitest';

import { UsageError } from '../../harness/util/errors.ts';
import { parseDiskSize } from './disk-size.ts';

it.each([
  ['8G', 2 ** 33],
  ['8192M', 2 ** 33],
  ['8GiB', 2 ** 33],
  ['1t', 2 ** 40],
  ['8T', 2 ** 43],
])('takes %s', (text, bytes) => {
  expect(parseDiskSize(text)).toBe(bytes);
});

it.each(['8', '0G', '-1G', '1.5G', '8 G', '8K', '8GB', 'G', '', '9T', '99999999999999M'])(
  'refuses "%s"',
  (text) => {
    expect(() => parseDiskSize(text)).toThrow(UsageError);
    expect(() => parseDiskSize(text)).toThrow(
      /--disk-size .*: it must be a whole number with the unit M, G or T/,
    );
  },
);

it('gives whole mebibytes, or an error, for any text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d+[MGT]$/)), (text) => {
      let bytes = 0;
      try {
        bytes = parseDiskSize(text);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
      expect(bytes % 2 ** 20).toBe(0);
    }),
  );
});
