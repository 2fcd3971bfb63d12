import { existsSync } from 'node:fs';

import { expect, it } from 'vitest';

import { UsageError } from '../../harness/util/errors.ts';
import { PURE_PARTS, pureParts } from './pure-parts.ts';

it('lists only parts that there are, each once', () => {
  expect(PURE_PARTS.filter((part) => !existsSync(part))).toEqual([]);
  expect(new Set(PURE_PARTS).size).toBe(PURE_PARTS.length);
});

it('takes everything for no path, and for the root', () => {
  expect(pureParts([])).toEqual(PURE_PARTS);
  expect(pureParts(['.'])).toEqual(PURE_PARTS);
});

it('takes what is within a path, or the path within a part', () => {
  expect(pureParts(['harness/disk'])).toEqual(['harness/disk/fat', 'harness/disk/gpt']);
  expect(pureParts(['harness/disk/gpt/guid.ts', './harness/disk/gpt/', 'harness/disk/gpt'])).toEqual([
    'harness/disk/gpt/guid.ts',
    'harness/disk/gpt',
  ]);
});

it.each(['harness/disk/gp', 'harness/disk/gpt/none.ts', 'harness/vm/vm.ts', '..'])('refuses %s', (path) => {
  expect(() => pureParts([path])).toThrow(UsageError);
  expect(() => pureParts([path])).toThrow(/not one of the parts that are mutated.*harness\/disk\/gpt/s);
});
