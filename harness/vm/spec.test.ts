import { availableParallelism } from 'node:os';

import { expect, test } from 'vitest';

import type { Image } from '../image/open.ts';
import { generic } from '../os/generic.ts';
import { checkSpec, resolveSpec } from './spec.ts';

const image = { path: 'unused', arch: 'x86_64', profile: generic } as Image;

const upToTwo = Math.min(2, availableParallelism());

test('what is not said gets its default', () => {
  const defaults = { services: [], image, memoryMiB: 1024, userData: [], label: 'vm' };
  expect(resolveSpec({ image }, 'tcg')).toEqual({ ...defaults, cpus: 1 });
  expect(resolveSpec({ image }, 'kvm')).toEqual({ ...defaults, cpus: upToTwo });
  expect(resolveSpec({ image: { ...image, arch: 'aarch64' } }, 'tcg').cpus).toBe(upToTwo);
  expect(resolveSpec({ image, cpus: 3 }, 'tcg').cpus).toBe(3);
});

test.each([
  [{ cpus: 0 }, /cpus must be a whole number of at least 1, not 0/],
  [{ memoryMiB: 64 }, /memoryMiB must be a whole number of at least 128, not 64/],
  [{ memoryMiB: 512.5 }, /memoryMiB/],
])('%o is refused', (wrong, message) => {
  expect(() => {
    checkSpec({ image, ...wrong });
  }).toThrow(message);
});

test('two pieces of user-data for one channel are refused', () => {
  const userData = [
    { channel: 'cd-rom', content: '' },
    { channel: 'fw-cfg', content: '' },
    { channel: 'cd-rom', content: '' },
  ] as const;
  expect(() => {
    checkSpec({ image, userData });
  }).toThrow('User-data is given twice through "cd-rom"');
});
