import { expect, test } from 'vitest';

import { IMAGE_STEPS, TimeLeft } from './time-left.ts';

const MINUTE_MS = 60_000;
const minutes = (ms = NaN): number => Math.round(ms / MINUTE_MS);

test('a build from nothing has all of its steps ahead', () => {
  const left = new TimeLeft(IMAGE_STEPS);
  expect(minutes(left.during('sdk', 0))).toBe(25);
  expect(minutes(left.during('sdk', 10 * MINUTE_MS))).toBe(24);
});

test('what comes before a step is not ahead any more', () => {
  const left = new TimeLeft(IMAGE_STEPS);
  expect(minutes(left.during('go runc amd64', 0))).toBe(15);
  expect(minutes(left.during('go cni-plugins amd64', 0))).toBe(15);
  expect(left.during('kernel source', 0)).toBe(870_000);
  expect(minutes(left.during('kernel x86_64', 5 * MINUTE_MS))).toBe(9);
  expect(minutes(left.during('root metal-dev amd64', 0))).toBe(1);
});

test('a host that was half as fast so far stays half as fast', () => {
  const left = new TimeLeft(IMAGE_STEPS);
  left.made('module signing key', 60_000);
  expect(minutes(left.during('kernel x86_64', 0))).toBe(14);
  left.made('programs amd64', 944_000);
  expect(minutes(left.during('kernel x86_64', 0))).toBe(28);
});

test('of another build nothing is known', () => {
  expect(new TimeLeft([]).during('kernel x86_64', 0)).toBeUndefined();
  expect(new TimeLeft(IMAGE_STEPS).during('livepatch provoke x86_64', 0)).toBeUndefined();
});
