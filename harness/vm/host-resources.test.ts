import { expect, test } from 'vitest';

import { InfrastructureError } from '../util/errors.ts';
import { ensureDiskSpace, ensureMemory } from './host-resources.ts';

test('what the host has is granted at once', async () => {
  await ensureMemory(128);
  await ensureDiskSpace('/tmp', 1);
});

test('memory that the host does not have is waited for, then refused as its fault', async () => {
  const refusal = ensureMemory(100_000_000, 50);
  await expect(refusal).rejects.toBeInstanceOf(InfrastructureError);
  await expect(refusal).rejects.toThrow(
    /MiB of memory to spare; a machine with 100000000 MiB needs 100000256/,
  );
});

test('a full disk is refused', async () => {
  await expect(ensureDiskSpace('/tmp', 1e12)).rejects.toThrow(/Only \d+ MiB are free where \/tmp lies/);
});
