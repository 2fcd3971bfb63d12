import { expect, test } from 'vitest';

import { SAMPLE_LIVEPATCH } from './testing/sample-livepatch.ts';
import type { BuiltLivepatch } from './open.ts';
import { Livepatches } from './built.ts';

function built(flaw?: 'other-key' | 'other-build'): BuiltLivepatch {
  const manifest = { livepatch: SAMPLE_LIVEPATCH.metadata, ...(flaw && { flaw }) };
  return { ...SAMPLE_LIVEPATCH, manifest, modulePath: '/my-patch.ko' } as BuiltLivepatch;
}

const [good, otherKey] = [built(), built('other-key')];
const patches = new Livepatches([otherKey, good]);

test('a patch is asked for by name, and never comes with a flaw', () => {
  expect(patches.named('my-patch')).toBe(good);
  expect(() => patches.named('your-patch')).toThrow(/"your-patch".*there are my-patch/);
});

test('a patch with a flaw is asked for by the flaw', () => {
  expect(patches.flawed('other-key')).toBe(otherKey);
  expect(() => patches.flawed('other-build')).toThrow(/"other-build"/);
});
