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

test.each([
  [512, 4095, /4095 bytes is too small for unused, which has 4096.*\n.*only grow/],
  [512, 4600, /ends within a sector: they have 512 bytes/],
  [4096, 8192 + 512, /ends within a sector: they have 4096 bytes/],
  [512, 0.5, /diskSizeBytes must be a whole number/],
])('a disk with sectors of %i bytes of a size of %d is refused', (sectorBytes, diskSizeBytes, message) => {
  const sized = { ...image, gpt: { diskSizeBytes: 4096, sectorBytes } } as Image;
  expect(() => {
    checkSpec({ image: sized, diskSizeBytes });
  }).toThrow(message);
  expect(() => {
    checkSpec({ image: sized, diskSizeBytes: 8192 });
  }).not.toThrow();
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
