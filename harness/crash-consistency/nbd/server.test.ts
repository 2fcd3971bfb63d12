import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { EXPORT, servedDisk } from '../testing/served-disk.ts';
import { ConnectionEnded } from './byte-reader.ts';
import { COMMAND, ERROR, OPTION, OPTION_REPLY } from './protocol.ts';
import { nameData, NbdClient, optionRequest, request } from './testing/client.ts';

const SIZE = 4 * 2 ** 20;
const MIB = 2 ** 20;

describe('the handshake', () => {
  test('lists the exports, describes one, and survives unknown options', async () => {
    const { server } = await servedDisk(SIZE);
    using client = await NbdClient.connect(server.socket);
    const structuredReplies = 8;
    expect(await client.option(structuredReplies, Buffer.alloc(0))).toMatchObject([
      { type: OPTION_REPLY.errUnsupported },
    ]);
    const [entry] = await client.option(OPTION.list, Buffer.alloc(0));
    expect(entry?.payload.toString('latin1', 4)).toBe(EXPORT);
    const [about, sizes] = await client.option(OPTION.info, nameData(EXPORT));
    expect(about?.payload.readBigUInt64BE(2)).toBe(BigInt(SIZE));
    expect(sizes?.payload.readUInt32BE(2)).toBe(512);
  });

  test.each([
    ['a name that is not served', nameData('other'), OPTION_REPLY.errUnknown],
    ['no name at all', Buffer.alloc(2), OPTION_REPLY.errInvalid],
    ['a name longer than its message', Buffer.from('ffffffff00000000', 'hex'), OPTION_REPLY.errInvalid],
  ])('refuses %s', async (_what, data, type) => {
    const { server } = await servedDisk(SIZE);
    using client = await NbdClient.connect(server.socket);
    expect(await client.option(OPTION.go, data)).toMatchObject([{ type }]);
  });

  test('serves the oldest way to choose an export, with and without its zeroes', async () => {
    const { server } = await servedDisk(SIZE);
    for (const [flags, answerBytes] of [
      [1, 134],
      [3, 10],
    ] as const) {
      using client = await NbdClient.connect(server.socket, flags);
      client.send(optionRequest(OPTION.exportName, Buffer.from(EXPORT)));
      await client.reader.take(answerBytes);
      expect(await client.flush()).toBe(ERROR.ok);
    }
  });

  test.each([
    ['a client of the oldstyle', 0, Buffer.alloc(0)],
    ['a wrong magic', 3, Buffer.alloc(16)],
    ['an option of gigabytes', 3, optionRequest(OPTION.go, Buffer.alloc(0), 0x7fffffff)],
    ['an unknown name of the oldest option', 3, optionRequest(OPTION.exportName, Buffer.from('other'))],
  ])('hangs up on %s, and serves others on', async (_what, flags, bytes) => {
    const { server } = await servedDisk(SIZE);
    using client = await NbdClient.connect(server.socket, flags);
    client.send(bytes);
    await expect(client.reader.take(1)).rejects.toBeInstanceOf(ConnectionEnded);
    using other = await NbdClient.of(server.socket, EXPORT);
    expect(await other.flush()).toBe(ERROR.ok);
  });
});

describe('a chosen disk', () => {
  test('reads what was written, and its base where nothing was', async () => {
    const { server, content } = await servedDisk(SIZE);
    using client = await NbdClient.of(server.socket, EXPORT);
    const place = fc.integer({ min: 0, max: SIZE / 512 - 1 });
    const operation = fc.tuple(
      fc.constantFrom('write', 'zero', 'trim'),
      place,
      fc.integer({ min: 1, max: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 8 }), async (operations) => {
        for (const [kind, sector, sectors] of operations) {
          const offset = sector * 512;
          const length = Math.min(sectors * 512, SIZE - offset);
          if (kind === 'write') {
            const data = randomBytes(length);
            expect(await client.write(offset, data)).toBe(ERROR.ok);
            data.copy(content, offset);
          } else if (kind === 'zero') {
            expect(await client.ask(COMMAND.writeZeroes, offset, length)).toBe(ERROR.ok);
            content.fill(0, offset, offset + length);
          } else expect(await client.ask(COMMAND.trim, offset, length)).toBe(ERROR.ok);
        }
        expect(content.equals(await client.read(0, SIZE))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    ['a read beyond the end', COMMAND.read, SIZE - 512, 1024, ERROR.EINVAL],
    ['zeroes beyond the end', COMMAND.writeZeroes, SIZE, 512, ERROR.ENOSPC],
    ['a part of a sector', COMMAND.read, 100, 512, ERROR.EINVAL],
    ['nothing', COMMAND.read, 0, 0, ERROR.EINVAL],
    ['an unknown command', 99, 0, 512, ERROR.EINVAL],
  ])('refuses %s and goes on', async (_what, command, offset, length, error) => {
    const { server } = await servedDisk(SIZE);
    using client = await NbdClient.of(server.socket, EXPORT);
    expect(await client.ask(command, offset, length)).toBe(error);
    expect(await client.flush()).toBe(ERROR.ok);
  });

  test('refuses a read of more than 32 MiB', async () => {
    const { server } = await servedDisk(33 * MIB);
    using client = await NbdClient.of(server.socket, EXPORT);
    expect(await client.ask(COMMAND.read, 0, 33 * MIB)).toBe(ERROR.EOVERFLOW);
    expect(await client.read(0, 32 * MIB)).toHaveLength(32 * MIB);
  });

  test.each([
    ['a write of more than 32 MiB', request(COMMAND.write, 1n, 0, 33 * MIB)],
    ['a wrong magic', Buffer.alloc(28)],
    ['the wish to leave', request(COMMAND.disconnect, 1n, 0, 0)],
  ])('hangs up after %s', async (_what, bytes) => {
    const { server } = await servedDisk(SIZE);
    using client = await NbdClient.of(server.socket, EXPORT);
    client.send(bytes);
    await expect(client.reader.take(1)).rejects.toBeInstanceOf(ConnectionEnded);
  });

  test('a flush that was sent before the answer to a write was seen, is seen to be so', async () => {
    const { server, disk } = await servedDisk(SIZE);
    using client = await NbdClient.of(server.socket, EXPORT);
    const write = Buffer.concat([request(COMMAND.write, 1n, 0, 512), Buffer.alloc(512)]);
    client.send(Buffer.concat([write, request(COMMAND.flush, 2n, 0, 0)]));
    await client.reader.take(2 * 16);
    const [first, second] = disk.recording().requests;
    expect(second?.arrivedAt).toBeLessThan(Number(first?.answeredAt));
  });

  test('a client that dies in the middle of a write leaves no trace of it', async () => {
    const { server, disk } = await servedDisk(SIZE);
    const client = await NbdClient.of(server.socket, EXPORT);
    client.send(Buffer.concat([request(COMMAND.write, 1n, 0, 4096), Buffer.alloc(100)]));
    client[Symbol.dispose]();
    using other = await NbdClient.of(server.socket, EXPORT);
    await other.flush();
    expect(disk.recording().requests).toMatchObject([{ kind: 'flush' }]);
  });
});

test("QEMU's own client reads and writes it", async () => {
  const { scratch, server, content } = await servedDisk(SIZE);
  await writeFile(scratch('patch'), Buffer.alloc(5000, 0x5a));
  const url = `nbd+unix:///${EXPORT}?socket=${server.socket}`;
  const io = (...commands: string[]): Promise<unknown> =>
    execa('qemu-io', ['-f', 'raw', ...commands.flatMap((command) => ['-c', command]), url], {
      cwd: scratch('.'),
    });
  await io('write -s patch 70001 5000', 'write -z 1M 64k', 'discard 2M 64k', 'flush');
  content.fill(0x5a, 70_001, 75_001).fill(0, MIB, MIB + 65_536);
  await execa('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', url, scratch('copy')]);
  expect(content.equals(await readFile(scratch('copy')))).toBe(true);
});
