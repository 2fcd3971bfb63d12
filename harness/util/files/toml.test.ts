import { writeFile } from 'node:fs/promises';

import { withFile } from 'tmp-promise';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { UsageError } from '../errors.ts';
import { readToml } from './toml.ts';

const schema = z.strictObject({
  platform: z.string(),
  root: z.strictObject({ packages: z.record(z.string(), z.array(z.string())) }).optional(),
});

async function fault(text: string): Promise<string> {
  return withFile(async ({ path }) => {
    await writeFile(path, text);
    const error = await readToml(path, schema).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message.replaceAll(path, 'FILE');
  });
}

describe('readToml gives file, line and column', () => {
  it('of a syntax error', async () => {
    expect(await fault('platform = "metal"\nroot = [1, 2\n')).toMatch(/^FILE:\d+:\d+: Invalid TOML document/);
  });

  it('of a wrong type', async () => {
    expect(await fault('# c\nplatform = 5\n')).toMatch(/^FILE:2:1: platform: /);
  });

  it('of a wrong type in a table', async () => {
    expect(await fault('platform = "x"\n[root.packages]\nsystemd = "usr"\n')).toMatch(
      /^FILE:3:1: root.packages.systemd: /,
    );
  });

  it('of an unknown key', async () => {
    expect(await fault('platform = "x"\n\n  flavour = "y"\n')).toMatch(/^FILE:3:3: flavour: /);
  });

  it('or the top for what is missing', async () => {
    expect(await fault('')).toMatch(/^FILE:1:1: platform: /);
  });
});
