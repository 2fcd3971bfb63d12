import { expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { readRelease, successorOf } from './release.ts';

it('is the one in release.toml, of another version if wanted', async () => {
  const release = await readRelease();
  expect(await readRelease('12.0.3')).toEqual({ ...release, version: '12.0.3' });
});

it.each(['', '1', '1.2', 'v1.2.3', '1.02.3', '1.2.3-rc.1', '1.2.3 ', '1.2.3/..'])(
  'can not be of version "%s"',
  async (version) => {
    const reading = readRelease(version);
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(
      `"${version}" is no version of an OS; it must be of the form 1.2.3.`,
    );
  },
);

it('has a successor, which an updater takes for newer', () => {
  expect(['0.1.0', '1.9.7', '2.19.30'].map(successorOf)).toEqual(['0.2.0', '1.10.0', '2.20.0']);
});
