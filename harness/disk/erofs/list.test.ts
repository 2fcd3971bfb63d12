import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { ImageError } from '../../util/errors.ts';
import { listErofsImage } from './list.ts';

/**
 * `mkfs.erofs -zlz4hc,12 -C65536 -x-1` of usr/bin/su (4755), usr/bin/python3.13 (755), a link to it, usr/bin/readme (644, of
 * 1000:70000), and many/file-with-a-rather-long-name-001 to 300.
 */
const IMAGE = gunzipSync(readFileSync(join(import.meta.dirname, 'testing/small.erofs.gz')));

it('lists every file with its kind, permissions and owner', () => {
  const files = listErofsImage(IMAGE);
  const owner = { uid: 0, gid: 0 };
  expect(files.filter(({ path }) => !path.startsWith('many/'))).toEqual(
    expect.arrayContaining([
      { path: 'usr', kind: 'directory', permissions: 0o755, ...owner },
      { path: 'usr/bin', kind: 'directory', permissions: 0o755, ...owner },
      { path: 'many', kind: 'directory', permissions: 0o755, ...owner },
      { path: 'usr/bin/su', kind: 'file', permissions: 0o4755, ...owner },
      { path: 'usr/bin/python3.13', kind: 'file', permissions: 0o755, ...owner },
      { path: 'usr/bin/python3', kind: 'link', permissions: 0o777, ...owner },
      { path: 'usr/bin/readme', kind: 'file', permissions: 0o644, uid: 1000, gid: 70_000 },
    ]),
  );
  expect(files).toHaveLength(307);
});

it('reads directories of several blocks', () => {
  const many = listErofsImage(IMAGE).filter(({ path }) => path.startsWith('many/'));
  expect(new Set(many.map(({ path }) => path)).size).toBe(300);
  expect(many.map(({ path }) => path)).toContain('many/file-with-a-rather-long-name-300');
});

it('refuses what is no EROFS, and features that it does not know', () => {
  expect(() => listErofsImage(Buffer.alloc(4096))).toThrow('is no EROFS');
  const newer = Buffer.from(IMAGE);
  newer.writeUInt32LE(newer.readUInt32LE(1024 + 80) | 0x80, 1024 + 80);
  expect(() => listErofsImage(newer)).toThrow('has the features 0x8');
});

it('ends with a list or an ImageError, whatever the image holds', () => {
  const metadata = fc.integer({ min: 1024, max: IMAGE.length - 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(metadata, fc.nat(255)), { minLength: 1, maxLength: 40 }), (changes) => {
      const damaged = Buffer.from(IMAGE);
      for (const [at, byte] of changes) damaged.writeUInt8(byte, at);
      try {
        listErofsImage(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(ImageError);
      }
    }),
    { numRuns: 300 },
  );
});
