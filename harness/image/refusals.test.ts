import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';

import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';

import { scratchDirectory } from '../util/testing/scratch.ts';
import { UsageError } from '../util/errors.ts';
import { openImage } from './open.ts';
import { bootableDisk } from './testing/bootable-disk.ts';

const MIB = 2 ** 20;
const SBIN = { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };

/** Bytes of a file that is zero elsewhere. */
function signed(...signs: [offset: number, bytes: string][]): Buffer {
  const file = Buffer.alloc(MIB);
  for (const [offset, bytes] of signs) file.write(bytes, offset, 'latin1');
  return file;
}

const BOOT_SIGNATURE: [number, string] = [510, '\x55\xaa'];

describe('a file that holds no GPT disk is refused by what it is:', () => {
  test.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /it has only 0 bytes/],
    ['a short one', Buffer.alloc(1000, 7), /it has only 1000 bytes.*\n.*failed download/],
    ['zeros', Buffer.alloc(MIB), /its first 131072 bytes are all zero/],
    ['noise', Buffer.alloc(MIB, 0x5b), /nothing in its first bytes shows what it is/],
    ['erofs', signed([1024, '\xe2\xe1\xf5\xe0']), /it is an EROFS file system without a partition table/],
    ['squashfs', signed([0, 'hsqs']), /it is a SquashFS file system/],
    ['xfs', signed([0, 'XFSB']), /it is an XFS file system/],
    ['btrfs', signed([65_600, '_BHRfS_M']), /it is a btrfs file system/],
    ['FAT', signed(BOOT_SIGNATURE, [82, 'FAT32   ']), /it is a FAT file system.*\n.*whole disk image/],
    ['NTFS', signed(BOOT_SIGNATURE, [3, 'NTFS    ']), /it is an NTFS file system/],
    ['LUKS', signed([0, 'LUKS\xba\xbe']), /it is an encrypted LUKS volume/],
    ['LVM', signed([512, 'LABELONE']), /it is an LVM volume/],
    ['a UKI', signed([0, 'MZ']), /it is a program for Windows or UEFI/],
    ['a kernel', signed([0, '\x7fELF']), /it is a program for Linux/],
    [
      'an MBR disk',
      signed(BOOT_SIGNATURE, [450, '\x83'], [466, '\x82']),
      /an MBR disk \(2 partitions\), which boots on a BIOS/,
    ],
    [
      'a wiped GPT',
      signed(BOOT_SIGNATURE, [450, '\xee']),
      /its protective MBR announces one, but both copies are gone/,
    ],
  ])('%s', async (_what, content, message) => {
    await expectRefused(content, /has no GUID partition table \(GPT\)/);
    await expectRefused(content, message);
  });

  test('a file system made by mkfs.ext4, and an ISO by xorriso', async () => {
    const scratch = await scratchDirectory();
    await execa('mkfs.ext4', ['-q', scratch('ext4'), '2M'], SBIN);
    await refused(scratch('ext4'), /it is an ext4 file system without a partition table/);
    await mkdir(scratch('content'));
    await writeFile(scratch('content/file'), 'hello');
    await execa('xorriso', ['-as', 'mkisofs', '-o', scratch('iso'), scratch('content')]);
    await refused(scratch('iso'), /it is an ISO 9660 image \(a CD or DVD\) without a partition table/);
  });
});

describe('another format is refused with the command that makes a disk of it:', () => {
  test.each(['vmdk', 'vhdx', 'vpc', 'vdi'])('%s, as qemu-img makes it', async (format) => {
    const scratch = await scratchDirectory();
    await execa('qemu-img', ['create', '-q', '-f', format, scratch('my disk.x'), '4M']);
    const line = new RegExp(
      `\\(${format}\\).*\\n.*qemu-img convert -f ${format} -O qcow2 '.*my disk.x' 'my disk.qcow2'`,
    );
    await refused(scratch('my disk.x'), line);
  });

  test('a VHD of fixed size, which begins as a raw disk', async () => {
    const scratch = await scratchDirectory();
    await execa('qemu-img', ['create', '-q', '-f', 'vpc', '-o', 'subformat=fixed', scratch('disk'), '4M']);
    await refused(scratch('disk'), /Virtual PC disk of fixed size.*\n.*qemu-img convert -f vpc -O qcow2/);
  });

  test.each([
    ['04224d18', /packed with lz4.*\n.*lz4 -d .*my.img disk.img/],
    ['504b0304', /is a zip archive.*\n.*unzip .*my.img/],
    ['425a6839', /packed with bzip2.*\n.*bzip2 -dc .*my.img > disk.img/],
    ['377abcaf271c', /is a 7-Zip archive.*\n.*7z x .*my.img/],
  ])('what begins with %s', async (magic, message) => {
    await expectRefused(Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(4096)]), message);
  });

  test('a tar archive', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('disk.raw'), Buffer.alloc(1000));
    await execa('tar', ['-cf', scratch('my.img'), '-C', scratch('.'), 'disk.raw']);
    await refused(scratch('my.img'), /is a tar archive.*\n.*tar -xf .*my.img/);
  });
});

describe('a GPT disk is refused', () => {
  test.each<[string, Buffer, RegExp]>([
    [
      'without an EFI system partition',
      bootableDisk({ typeGuid: '0fc63daf-8483-4772-8e79-3d69d8477de4' }),
      /no EFI system partition.*Its partitions: 1 "EFI-SYSTEM".*\n.*ef00/,
    ],
    [
      'without a fallback loader',
      bootableDisk({ loaders: ['SHIM.EFI', 'GRUB.EFI'] }),
      /holds SHIM.EFI, GRUB.EFI.*\n.*\\EFI\\BOOT\\BOOTX64.EFI \(x86_64\) or .*BOOTAA64.EFI \(aarch64\)/,
    ],
    ['with an empty \\EFI\\BOOT', bootableDisk({ loaders: [] }), /\\EFI\\BOOT of partition 1 holds nothing/],
    [
      'whose EFI system partition is not FAT',
      bootableDisk({ esp: Buffer.from('MZ') }),
      /partition 1 holds no FAT/,
    ],
    [
      'cut short',
      bootableDisk().subarray(0, 500_000),
      /at least 2097152 bytes, but this one is cut short at 499712/,
    ],
    ['with a damaged primary copy', zeroed(512, 1024), /is damaged.*primary copy has no "EFI PART"/],
    [
      'with a damaged backup copy',
      zeroed(2 * MIB - 512),
      /is damaged.*backup copy has no "EFI PART".*\n.*sgdisk/,
    ],
    [
      'with two damaged copies',
      flipped(512 + 60, 2 * MIB - 512 + 60),
      /no intact partition table.*wrong header checksum/,
    ],
  ])('%s', async (_what, content, message) => {
    await expectRefused(content, message);
  });

  function zeroed(from: number, to?: number): Buffer {
    return bootableDisk().fill(0, from, to);
  }

  function flipped(...offsets: number[]): Buffer {
    const disk = bootableDisk();
    for (const offset of offsets) disk.writeUInt8(disk.readUInt8(offset) ^ 1, offset);
    return disk;
  }
});

const blockDevice = (await readdir('/sys/class/block').catch(() => []))
  .map((name) => `/dev/${name}`)
  .find((path) => existsSync(path));

describe('what is no file is refused without being opened:', () => {
  test('a FIFO, and a link to it', async () => {
    const scratch = await scratchDirectory();
    await execa('mkfifo', [scratch('fifo')]);
    await symlink(scratch('fifo'), scratch('link'));
    await refused(scratch('fifo'), /fifo is a FIFO, not a file/);
    await refused(scratch('link'), /link is a FIFO, not a file/);
  });

  test('a socket', async () => {
    const scratch = await scratchDirectory();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(scratch('socket'), resolve));
    onTestFinished(() => {
      server.close();
    });
    await refused(scratch('socket'), /socket is a socket, not a file/);
  });

  test('a device, a directory, a loose link, nothing at all', async () => {
    const scratch = await scratchDirectory();
    await refused('/dev/null', /\/dev\/null is a character device, not a file/);
    await refused(scratch('.'), /is a directory without an image.json/);
    await symlink(scratch('gone'), scratch('link'));
    await refused(scratch('link'), /Cannot read an image.*ENOENT/);
    await refused(scratch('absent'), /Cannot read an image.*ENOENT/);
  });

  test.skipIf(blockDevice === undefined)('a block device', async () => {
    await refused(String(blockDevice), /is a block device, not a file.*\n.*qemu-img convert -O qcow2/);
  });

  test('a FIFO in the place of image.json', async () => {
    const scratch = await scratchDirectory();
    await execa('mkfifo', [scratch('image.json')]);
    await refused(scratch('.'), /image.json is a FIFO, not a file/);
  });

  test('a file that gives errors', async () => {
    // Its first page is never mapped, so that reading it fails for root, too.
    await refused('/proc/self/mem', /\/proc\/self\/mem cannot be read: EIO/);
  });
});

async function expectRefused(content: Buffer, message: RegExp): Promise<void> {
  const scratch = await scratchDirectory();
  await writeFile(scratch('my.img'), content);
  await refused(scratch('my.img'), message);
}

async function refused(path: string, message: RegExp): Promise<void> {
  const error: unknown = await openImage(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toMatch(message);
}
