import { describe, expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { DEFAULT_VARIANT, listVariants, readVariant } from './variant.ts';

describe('variants', () => {
  it('are all right, and named by their parts', async () => {
    for (const name of await listVariants()) expect((await readVariant(name)).name).toBe(name);
  });

  it('bring files of their own in a folder of their name', async () => {
    expect((await readVariant('metal-dev')).overlay).toMatch(/variants\/metal-dev$/);
    expect((await readVariant(DEFAULT_VARIANT)).overlay).toBeUndefined();
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
