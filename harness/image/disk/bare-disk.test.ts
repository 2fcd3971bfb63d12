import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

import { diskSizeBytes, readRange } from '../../disk/disk-io.ts';
import { createOverlay } from '../../disk/overlay.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { hostArchitecture } from '../../util/architecture.ts';
import { UsageError } from '../../util/errors.ts';
import { openImage } from '../open.ts';
import { bootableDisk } from '../testing/bootable-disk.ts';

const BOTH = ['BOOTX64.EFI', 'BOOTAA64.EFI'];

describe('the architecture', () => {
  test.each([
    [['BOOTX64.EFI'], 'aarch64', 'x86_64'],
    [['BOOTAA64.EFI'], 'x86_64', 'aarch64'],
    [BOTH, 'x86_64', 'x86_64'],
    [BOTH, 'aarch64', 'aarch64'],
    [BOTH, undefined, hostArchitecture()],
  ] as const)('with %j and --arch %s is %s', async (loaders, arch, expected) => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('disk'), bootableDisk({ loaders }));
    expect((await openImage(scratch('disk'), { ...(arch && { arch }) })).arch).toBe(expected);
  });
});

describe('a raw disk opens', () => {
  test('with 4096-byte sectors', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('disk'), bootableDisk({ sectorBytes: 4096 }));
    expect(await openImage(scratch('disk'))).toMatchObject({ arch: 'x86_64', gpt: { sectorBytes: 4096 } });
  });

  test('after it has grown, whatever its name', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('disk.json'), bootableDisk());
    await truncate(scratch('disk.json'), 8 * 2 ** 20);
    const { gpt } = await openImage(scratch('disk.json'));
    expect(gpt).toMatchObject({ grownBytes: 6 * 2 ** 20, copiesAgree: true });
  });
});

describe('a qcow2 disk', () => {
  test('opens with what it holds itself', async () => {
    const { scratch, content } = await rawDisk();
    await execa('qemu-img', ['convert', '-O', 'qcow2', scratch('base.raw'), scratch('disk.img')]);
    const image = await openImage(scratch('disk.img'));
    expect(image).toMatchObject({ arch: 'x86_64', path: scratch('disk.img') });
    expect(image.disks).toEqual([{ path: scratch('disk.img'), format: 'qcow2', backingFiles: [] }]);
    expect((await readRange(image.disks[0], 0, content.length)).equals(content)).toBe(true);
  });

  test('opens over a chain, by paths from its own directory', async () => {
    const { scratch, content } = await rawDisk();
    await mkdir(scratch('deep'));
    await overlay(scratch('deep/middle'), '../base.raw', 'raw');
    await overlay(scratch('top'), 'deep/middle', 'qcow2');
    const [disk] = (await openImage(scratch('top'))).disks;
    expect(disk).toEqual({
      ...{ path: scratch('top'), format: 'qcow2' },
      backingFiles: [scratch('deep/middle'), scratch('base.raw')],
    });
    // A machine's own overlay names the format of what it lies on, so QEMU need not guess it.
    const own = await createOverlay(disk, scratch('.'), 'machine');
    const { stdout } = await execa('qemu-img', ['info', '--output=json', own.path]);
    expect(JSON.parse(stdout)).toMatchObject({ 'backing-filename-format': 'qcow2' });
    expect(await diskSizeBytes(own)).toBe(content.length);
    expect((await readRange(own, 0, content.length)).equals(content)).toBe(true);
  });

  test('is refused when a backing file is missing, by its name', async () => {
    const { scratch } = await rawDisk();
    await overlay(scratch('middle'), 'base.raw', 'raw');
    await overlay(scratch('top'), 'middle', 'qcow2');
    await rm(scratch('base.raw'));
    await refused(
      scratch('top'),
      new RegExp(`backing file ${scratch('base.raw')} of ${scratch('middle')} is missing`),
    );
  });

  test('is refused when a backing file is no file, or no disk', async () => {
    const { scratch } = await rawDisk();
    await execa('mkfifo', [scratch('fifo')]);
    await overlay(scratch('a'), 'fifo', 'raw', 'unchecked');
    await refused(scratch('a'), /fifo is a FIFO/);
    await execa('qemu-img', ['create', '-q', '-f', 'vmdk', scratch('vmdk'), '2M']);
    await overlay(scratch('b'), 'vmdk', 'vmdk');
    await refused(scratch('b'), /vmdk of .*b is vmdk; it must be raw or qcow2/);
    await overlay(scratch('c'), 'nbd:localhost:1', 'raw', 'unchecked');
    await refused(scratch('c'), /names its backing file as "nbd:localhost:1", which is not a path/);
  });

  test('is refused when its chain is a circle', async () => {
    const { scratch } = await rawDisk();
    await overlay(scratch('a'), 'base.raw', 'raw');
    await overlay(scratch('b'), 'a', 'qcow2');
    await execa('qemu-img', ['rebase', '-u', '-F', 'qcow2', '-b', 'b', scratch('a')]);
    await refused(scratch('a'), /more than 32 backing files.*circle/);
  });

  test('is refused when it is encrypted or its data lies elsewhere', async () => {
    const { scratch } = await rawDisk();
    const data = `data_file=${scratch('data')},data_file_raw=on`;
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', data, scratch('a'), '2M']);
    await refused(scratch('a'), /keeps its data in another file.*\n.*qemu-img convert/);
    // Not LUKS, for which QEMU measures the host's speed and fails where it is busy.
    const secret = ['--object', 'secret,id=s,data=x', '-o', 'encrypt.format=aes,encrypt.key-secret=s'];
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', ...secret, scratch('b'), '2M']);
    await refused(scratch('b'), /b is encrypted/);
  });

  test('is refused when its header is cut short', async () => {
    const { scratch } = await rawDisk();
    await writeFile(scratch('a'), Buffer.from('514649fb00000003', 'hex'));
    await refused(scratch('a'), /begins as a qcow2 disk, but its header is damaged/);
  });
});

async function rawDisk() {
  const scratch = await scratchDirectory();
  const content = bootableDisk();
  randomBytes(4096).copy(content, 200 * 512);
  await writeFile(scratch('base.raw'), content);
  return { scratch, content: await readFile(scratch('base.raw')) };
}

/** @param how 'unchecked' for a backing file that qemu-img itself could not open. */
async function overlay(path: string, backing: string, format: string, how?: 'unchecked'): Promise<void> {
  const size = how === undefined ? [path] : ['-u', path, '2M'];
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', format, ...size]);
}

async function refused(path: string, message: RegExp): Promise<void> {
  const error: unknown = await openImage(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toMatch(message);
}
