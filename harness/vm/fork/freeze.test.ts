import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { diskSizeBytes } from '../../disk/disk-io.ts';
import { createOverlay } from '../../disk/overlay.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import type { Assembly } from '../assembly.ts';
import { VmDirectory } from '../directory/vm-directory.ts';
import { freeze } from './freeze.ts';
import { emptyOverlay } from './snapshot.ts';

const MIB = 2 ** 20;

test('forks of a machine whose disk has grown get a disk of that size', async () => {
  const scratch = await scratchDirectory();
  await writeFile(scratch('base.raw'), Buffer.alloc(MIB));
  const image = await createOverlay({ path: scratch('base.raw'), format: 'raw' }, scratch('.'), 'image');
  const directory = await VmDirectory.create('freeze');
  const disk = await createOverlay(image, directory.path, 'disk0', { sizeBytes: 3 * MIB });
  const machine = { disks: [disk], directory, firmware: { format: 'raw' } } as unknown as Assembly;
  await freeze(machine, { directory: scratch('.') }, { nonce: Buffer.alloc(16), noted: [] });
  const path = emptyOverlay(scratch('.'), 0);
  expect(await diskSizeBytes({ path, format: 'qcow2' })).toBe(3 * MIB);
  await directory.removeUnlessKept();
});
