import { expect, it } from 'vitest';

import { shardExitCode } from './verdict.ts';

it.each([
  [[0, 0], 0],
  [[0, 1], 1],
  [[69, 1, 0], 1],
  [[0, 69], 69],
  [[64, 69], 64],
  [[1, 130], 130],
  [[0, undefined], 69],
  [[137], 69],
  [[127, 0], 69],
])('commands that end with %j make a shard end with %i', (codes, code) => {
  expect(shardExitCode(codes)).toBe(code);
});
