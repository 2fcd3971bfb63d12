import { expect, test } from 'vitest';

import { IMAGE_STEPS, TimeLeft } from './time-left.ts';

const MINUTE_MS = 60_000;
const minutes = (ms = NaN): number => Math.round(ms / MINUTE_MS);

test('a build from nothing has all of its steps ahead', () => {
  const left = new TimeLeft(IMAGE_STEPS);
  expect(minutes(left.during('sdk', 0))).toBe(25);
  expect(minutes(left.during('sdk', 10 * MINUTE_MS))).toBe(24);
});

test('what is made already, or over, is not ahead', () => {
  const left = new TimeLeft(IMAGE_STEPS);
  for (const step of ['sdk', 'packages amd64', 'programs amd64']) left.passed(step);
  expect(minutes(left.during('go runc amd64', 0))).toBe(15);
  left.passed('go runc amd64');
  left.passed('kernel source');
  expect(minutes(left.during('kernel x86_64', 5 * MINUTE_MS))).toBe(9);
  left.passed('kernel x86_64');
  expect(minutes(left.during('root metal-dev amd64', 0))).toBe(1);
});

test('a host that was half as fast so far stays half as fast', () => {
  const left = new TimeLeft(IMAGE_STEPS);
  left.passed('sdk');
  left.passed('programs amd64', 1_000_000);
  expect(minutes(left.during('kernel x86_64', 0))).toBe(28);
});

test('of another build nothing is known', () => {
  expect(new TimeLeft([]).during('kernel x86_64', 0)).toBeUndefined();
  expect(new TimeLeft(IMAGE_STEPS).during('livepatch provoke x86_64', 0)).toBeUndefined();
});
