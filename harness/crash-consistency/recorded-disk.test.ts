import { truncate } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { diskSizeBytes, readRange, writeRange } from '../disk/disk-io.ts';
import { InfrastructureError } from '../util/errors.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';
import { crashStates } from './states/states.ts';
import { DataLog } from './data-log.ts';
import { DiskServer } from './disk-server.ts';
import { RecordedDisk } from './recorded-disk.ts';
import { blank, ScriptedDisk, sector } from './testing/scripted-disk.ts';

const MIB = 2 ** 20;
const SIZE = 4 * MIB;

describe('a fault', () => {
  test('meets the requests that it is for, as often as it says', async () => {
    const { disk, ...script } = await scripted();
    const lift = disk.inject({
      ...{ on: 'write', within: { offset: 512, lengthBytes: 512 }, does: 'EIO' },
      ...{ skip: 1, times: 1 },
    });
    const fates = await script.errorsOf([0, 512, 512, 512]);
    expect(fates).toEqual([undefined, undefined, 'EIO', undefined]);
    lift();
    disk.inject({ on: 'write', does: 'ENOSPC' });
    expect(await script.errorsOf([0])).toEqual(['ENOSPC']);
    expect(disk.read(0, 1).readUInt8(0)).toBe(1);
  });

  test('delays an answer, but not the write', async () => {
    const { disk, submit } = await scripted();
    disk.inject({ on: 'write', does: { delayMs: 30 } });
    const startedAt = performance.now();
    const answer = submit('write', 0, sector(7));
    expect(disk.read(0, 1).readUInt8(0)).toBe(7);
    await answer;
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  });

  test('that lets the disk fall silent leaves everything after it unanswered, and unwritten', async () => {
    const { disk, submit } = await scripted();
    disk.inject({ on: 'write', does: 'no-answer', skip: 1 });
    (await submit('write', 0, sector(1))).given();
    const unanswered = [submit('write', 512, sector(2)), submit('flush'), submit('read', 0)];
    const first = Promise.race([...unanswered, Promise.resolve('nothing')]);
    expect(await first).toBe('nothing');
    expect(disk.recording().requests).toHaveLength(1);
  });
});

describe('a record that the host can not keep', () => {
  test('is an error of the disk for the machine, and a gap for the test', async () => {
    const log = new DataLog((await scratchDirectory())('log'));
    const disk = new RecordedDisk(blank(SIZE), log);
    const request = { offset: 0, lengthBytes: 512, fua: false, data: sector(1) };
    (await disk.submit({ ...request, kind: 'write' })).given();
    expect(disk.recording().requests).toHaveLength(1);
    log[Symbol.dispose]();
    expect((await disk.submit({ ...request, kind: 'write' })).error).toBe('EIO');
    expect(() => disk.recording()).toThrow(InfrastructureError);
    expect(() => disk.recording()).toThrow(/record has a gap: EBADF/);
  });

  test('is never read as if it were whole', async () => {
    const path = (await scratchDirectory())('log');
    using log = new DataLog(path);
    const disk = new RecordedDisk(blank(SIZE), log);
    const data = Buffer.concat([sector(1), sector(2)]);
    (await disk.submit({ kind: 'write', offset: 0, lengthBytes: 1024, fua: false, data })).given();
    await truncate(path, 1023);
    expect(disk.read(0, 512)).toEqual(sector(1));
    expect(() => disk.read(0, 1024)).toThrow(/gave 1023 of 1024 bytes/);
  });
});

test('a disk on which writes overlap in any way reads as the last of them left it', async () => {
  const write = fc.record({ sector: fc.nat(SIZE / 512 - 1), sectors: fc.integer({ min: 1, max: 30 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
      const { disk, submit } = await scripted();
      const model = Buffer.alloc(SIZE);
      for (const [index, { sector: first, sectors }] of writes.entries()) {
        const length = Math.min(sectors * 512, SIZE - first * 512);
        (await submit('write', first * 512, Buffer.alloc(length, index + 1))).given();
        model.fill(index + 1, first * 512, first * 512 + length);
      }
      expect(model.equals(disk.read(0, SIZE))).toBe(true);
      expect(disk.read(1000, 5000).equals(model.subarray(1000, 6000))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a served disk is read and written by the host's tools, and its states are served in turn", async () => {
  const scratch = await scratchDirectory();
  await using server = await DiskServer.start(scratch('.'));
  const disk = server.serve(blank(SIZE));
  await writeRange(disk, 2 * MIB + 100, Buffer.from('first'));
  disk.mark('second');
  await writeRange(disk, 2 * MIB + 5000, Buffer.from('second'));
  expect(await diskSizeBytes(disk)).toBe(SIZE);
  expect((await readRange(disk, 2 * MIB + 5000, 6)).toString()).toBe('second');

  const { states } = crashStates(disk.recording(), { regionAt: () => 'all', from: 'second' });
  const before = states.find((state) => !state.read(2 * MIB, 8192).includes('second'));
  if (before === undefined) throw new Error('No state without the second write.');
  const recovered = server.serve(before);
  expect((await readRange(recovered, 2 * MIB + 100, 5)).toString()).toBe('first');
  await writeRange(recovered, 2 * MIB, Buffer.from('third'));
  expect(before.read(2 * MIB, 5)).toEqual(Buffer.alloc(5));
  expect((await readRange(recovered, 2 * MIB, 5)).toString()).toBe('third');
});

async function scripted() {
  const scripted = await ScriptedDisk.create(SIZE);
  const submit = scripted.submit.bind(scripted);
  /** Writes a sector of ones at each place. */
  const errorsOf = async (offsets: readonly number[]): Promise<(string | undefined)[]> => {
    const errors: (string | undefined)[] = [];
    for (const offset of offsets) errors.push((await submit('write', offset, sector(1))).error);
    return errors;
  };
  return { disk: scripted.disk, submit, errorsOf };
}
