import { expect, test } from 'vitest';

import { ensureDiskSpace } from './disk-space.ts';

test('a full disk is refused', async () => {
  await ensureDiskSpace('/tmp', 1);
  await expect(ensureDiskSpace('/tmp', 1e12)).rejects.toThrow(
    /Only \d+ MiB are free on the file system of \/tmp/,
  );
});
