import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { which } from '../../process/which.ts';
import { InfrastructureError, UsageError } from '../../util/errors.ts';
import { openImage } from '../open.ts';
import { bootableDisk } from '../testing/bootable-disk.ts';
import { unpack } from './unpack.ts';

const MIB = 2 ** 20;
const TOOLS = { gzip: 'gzip', xz: 'xz', zstd: 'zstd' } as const;
type Scratch = (name: string) => string;

let scratch: Scratch;
beforeEach(async () => {
  scratch = await scratchDirectory();
  vi.stubEnv('HOTFIRE_CACHE', scratch('cache'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
});

async function pack(tool: keyof typeof TOOLS, content: Buffer, name = 'packed'): Promise<string> {
  const { stdout } = await execa(TOOLS[tool], ['-c'], { input: content, encoding: 'buffer' });
  await writeFile(scratch(name), stdout);
  return scratch(name);
}

/** Bootable, and mostly zeros. */
function disk(): Buffer {
  const content = bootableDisk();
  randomBytes(70_000).copy(content, 300 * 512);
  return content;
}

async function kept(): Promise<Record<string, string[]>> {
  const root = join(scratch('cache'), 'unpacked');
  const namesIn = (name: string): Promise<string[]> => readdir(join(root, name)).catch(() => []);
  return { entries: await namesIn('entries'), unfinished: await namesIn('unfinished') };
}

describe.each(['gzip', 'xz', 'zstd'] as const)('a disk packed with %s', (tool) => {
  test('opens as what it holds, and keeps the name that was given', async () => {
    const content = disk();
    const path = await pack(tool, content);
    const image = await openImage(path);
    expect(image).toMatchObject({ path, arch: 'x86_64' });
    expect(image.disks[0].format).toBe('raw');
    expect((await readFile(image.disks[0].path)).equals(content)).toBe(true);
  });

  test('is sparse, and found in the cache by the next opening', async () => {
    const path = await pack(tool, Buffer.concat([disk(), Buffer.alloc(40 * MIB)]));
    const first = (await openImage(path)).disks[0].path;
    const { blocks, size, mtimeMs } = await stat(first);
    expect(size).toBe(42 * MIB);
    expect(blocks * 512).toBeLessThan(MIB);
    expect((await openImage(path)).disks[0].path).toBe(first);
    expect((await stat(first)).mtimeMs).toBe(mtimeMs);
    expect(await kept()).toMatchObject({ entries: [expect.any(String)], unfinished: [] });
  });

  test('leaves nothing behind when it is cut short', async () => {
    const path = await pack(tool, Buffer.concat([disk(), randomBytes(MIB)]));
    await truncate(path, Math.floor((await stat(path)).size / 2));
    const error: unknown = await openImage(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(/packed is damaged or cut short: (gzip|xz|zstd) says "\S/);
    expect(await kept()).toEqual({ entries: [], unfinished: [] });
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const path = await pack(tool, Buffer.concat([disk(), randomBytes(3 * MIB)]));
    const controller = new AbortController();
    const opened = openImage(path, { signal: controller.signal });
    await vi.waitUntil(async () => (await kept())['unfinished']?.length === 1, {
      ...{ interval: 1, timeout: 60_000 },
    });
    controller.abort(new Error('interrupted: SIGINT'));
    await expect(opened).rejects.toThrow('interrupted: SIGINT');
    expect(await kept()).toEqual({ entries: [], unfinished: [] });
  });
});

test('a packed qcow2 disk opens', async () => {
  await writeFile(scratch('raw'), disk());
  await execa('qemu-img', ['convert', '-O', 'qcow2', scratch('raw'), scratch('disk')]);
  const path = await pack('zstd', await readFile(scratch('disk')));
  expect((await openImage(path)).disks[0]).toMatchObject({ format: 'qcow2', backingFiles: [] });
});

test('a packed overlay is refused, since its backing file is elsewhere', async () => {
  await writeFile(scratch('raw'), disk());
  await execa('qemu-img', ['create', '-qf', 'qcow2', '-b', 'raw', '-F', 'raw', scratch('overlay')]);
  const path = await pack('gzip', await readFile(scratch('overlay')));
  await expect(openImage(path)).rejects.toThrow(/qcow2 disk that is an overlay.*\n.*beside its backing file/);
});

test('a packed archive is refused by its first bytes', async () => {
  await writeFile(scratch('disk.raw'), randomBytes(MIB));
  await execa('tar', ['-cJf', scratch('a.tar.xz'), '-C', scratch('.'), 'disk.raw']);
  await expect(openImage(scratch('a.tar.xz'))).rejects.toThrow(
    /is a tar archive, packed with xz.*\n.*tar -xf/,
  );
  const twice = await pack('gzip', await readFile(await pack('xz', disk())));
  await expect(openImage(twice)).rejects.toThrow(/a packed file again, packed with gzip/);
  expect(await kept()).toEqual({ entries: [], unfinished: [] });
});

test('a packed file that was replaced is unpacked again', async () => {
  const path = await pack('gzip', disk());
  const first = (await openImage(path)).disks[0].path;
  await pack('gzip', bootableDisk({ loaders: ['BOOTAA64.EFI'] }));
  expect(await openImage(path)).toMatchObject({ arch: 'aarch64' });
  // The earlier one may be in use by a run that has just begun.
  expect((await kept())['entries']).toHaveLength(2);
  const longAgo = new Date(Date.now() - 24 * 3600 * 1000);
  await utimes(join(first, '..'), longAgo, longAgo);
  await pack('gzip', disk());
  await openImage(path);
  expect((await kept())['entries']).toHaveLength(2);
});

test('two openings at once unpack once', async () => {
  const path = await pack('xz', Buffer.concat([disk(), randomBytes(2 * MIB)]));
  const notices: string[] = [];
  const open = () => openImage(path, { notice: (text) => notices.push(text) });
  const [one, other] = await Promise.all([open(), open()]);
  expect(one.disks).toEqual(other.disks);
  expect(notices.filter((text) => text === 'waiting for another run that unpacks packed')).toHaveLength(1);
});

test('a disk without room is the fault of the host', async () => {
  const path = await pack('gzip', disk());
  const error: unknown = await unpack(path, 'gzip', { minFreeBytes: 2 ** 60 }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InfrastructureError);
  expect((error as Error).message).toMatch(/too full to unpack.*only \d+ bytes.*\n.*HOTFIRE_CACHE/);
  expect(await kept()).toEqual({ entries: [], unfinished: [] });
});

test('a missing tool is named with its package', async () => {
  const path = await pack('xz', disk());
  await symlink(String(await which('flock')), scratch('flock'));
  vi.stubEnv('PATH', scratch('.'));
  const error: unknown = await openImage(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InfrastructureError);
  expect((error as Error).message).toMatch(/no "xz".*\n.*xz-utils/);
});

test('progress is reported in bytes and percent, once a second', async () => {
  const path = await pack('gzip', Buffer.concat([disk(), Buffer.alloc(64 * MIB)]));
  const notices: string[] = [];
  // Each look at the clock is half a second after the last one.
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 500));
  onTestFinished(() => {
    clock.mockRestore();
  });
  await openImage(path, { notice: (text) => notices.push(text) });
  expect(notices.length).toBeGreaterThan(2);
  expect(notices.length).toBeLessThan(nowMs / 1000);
  expect(notices.at(-1)).toMatch(/^unpacking packed: \d+ MiB, \d+ %$/);
});
