import { readFile } from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { imageManifestSchema } from './manifest.ts';

const SCHEMA_FILE = new URL('../../docs/image-manifest.schema.json', import.meta.url).pathname;

const artefact = { file: 'a', sha256: '0'.repeat(64), sizeBytes: 5 };
const least = {
  manifestVersion: 1,
  os: { name: 'Own OS', version: '1', buildId: 'abc' },
  variant: 'own-os',
  arch: 'x86_64',
  disks: [{ role: 'os', format: 'qcow2', ...artefact }],
  capabilities: [],
};
const verity = { rootHash: '0'.repeat(64), dataBlockBytes: 4096 };
const update = { boot: artefact, root: artefact, hash: artefact };
const updateRepository = { images: update, trustedRoot: artefact };

describe('a manifest', () => {
  test('needs little, and may name its schema', () => {
    expect(imageManifestSchema.parse(least)).toEqual(least);
    const named = { $schema: '../docs/image-manifest.schema.json', ...least };
    expect(imageManifestSchema.parse(named)).toEqual(named);
  });

  test.each([
    [{ capabilities: ['verity-root'] }, ['verity']],
    [{ capabilities: ['updates'] }, ['update', 'updateRepository']],
    [{ capabilities: ['updates'], update }, ['updateRepository']],
    [{ capabilities: ['verity-root', 'updates'], updateRepository }, ['verity', 'update']],
  ])('that claims more than it can show is refused: %j', (more, absent) => {
    const { error } = imageManifestSchema.safeParse({ ...least, ...more });
    expect(error?.issues.map(({ message }) => /without the section "(\w+)"/.exec(message)?.[1])).toEqual(
      absent,
    );
  });

  test('that claims what it can show is taken', () => {
    const full = { ...least, capabilities: ['verity-root', 'updates'], verity, update, updateRepository };
    expect(imageManifestSchema.parse(full)).toEqual(full);
  });
});

test('the schema for editors is up to date', async () => {
  const json = JSON.stringify(z.toJSONSchema(imageManifestSchema, { io: 'input' }));
  const options = { ...(await resolveConfig(SCHEMA_FILE)), parser: 'json' };
  const hint = 'out of date; regenerate it with: npx vitest run harness/image/manifest.test.ts --update';
  await expect(await format(json, options)).toMatchFileSnapshot(SCHEMA_FILE, hint);
  // An absent snapshot would have been written, and passed.
  expect(JSON.parse(await readFile(SCHEMA_FILE, 'utf8'))).toMatchObject({ type: 'object' });
});
