import { describe, expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { DEFAULT_VARIANT, listVariants, readVariant } from './variant.ts';

describe('variants', () => {
  it('are all right, and named by their parts', async () => {
    for (const name of await listVariants()) expect((await readVariant(name)).name).toBe(name);
  });

  it('have a default among them', async () => {
    expect(await listVariants()).toContain(DEFAULT_VARIANT);
  });

  it('are listed for who names an unknown one', async () => {
    const reading = readVariant('metal-podman');
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(/"metal-podman".*metal-containerd/s);
  });
});
