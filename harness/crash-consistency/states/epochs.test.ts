import { expect, test } from 'vitest';

import { ScriptedDisk, sector } from '../testing/scripted-disk.ts';
import { isWrite, type RecordedRequest } from '../recording.ts';
import { epochsOf } from './epochs.ts';

const SIZE = 2 ** 20;

/** Of each epoch the sectors of its durable and of its pending writes. */
function sectorsOf(requests: readonly RecordedRequest[]): [number[], number[]][] {
  const place = (request: RecordedRequest): number => (isWrite(request) ? request.offset / 512 : NaN);
  return epochsOf(requests).map(({ durable, pending }) => [[...durable].map(place), pending.map(place)]);
}

test('a flush makes durable what was answered before it arrived', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  await disk.write(0, sector(1));
  await disk.write(512, sector(2));
  await disk.flush();
  await disk.write(1024, sector(3));
  expect(sectorsOf(disk.disk.recording().requests)).toEqual([
    [[], [0, 1]],
    [[0, 1], [2]],
  ]);
});

test('a write that was in flight when the flush arrived may still be lost after it', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  const inFlight = await disk.submit('write', 0, sector(1));
  const flush = await disk.submit('flush');
  inFlight.given();
  flush.given();
  await disk.write(512, sector(2));
  expect(sectorsOf(disk.disk.recording().requests)).toEqual([[[], [0, 1]]]);
});

test('a flush that was not answered, or failed, makes nothing durable', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  await disk.write(0, sector(1));
  await disk.submit('flush');
  disk.disk.inject({ on: 'flush', does: 'EIO' });
  await disk.flush();
  expect(sectorsOf(disk.disk.recording().requests)).toEqual([[[], [0]]]);
});

test('a write with forced unit access is durable with its answer, and it alone', async () => {
  const { disk } = await ScriptedDisk.create(SIZE);
  for (const [index, fua] of [false, true].entries()) {
    const request = { kind: 'write', offset: index * 512, lengthBytes: 512, fua, data: sector(1) } as const;
    (await disk.submit(request)).given();
  }
  expect(sectorsOf(disk.recording().requests)).toEqual([
    [[], [0, 1]],
    [[1], [0]],
  ]);
});

test('epochs are in the order in which writes became durable', async () => {
  const { disk } = await ScriptedDisk.create(SIZE);
  const [first, second] = [0, 512].map((offset) =>
    disk.submit({ kind: 'write', offset, lengthBytes: 512, fua: true, data: sector(1) }),
  );
  (await second)?.given();
  (await first)?.given();
  expect(sectorsOf(disk.recording().requests)).toEqual([
    [[], [0, 1]],
    [[1], [0]],
    [[0, 1], []],
  ]);
});

test('a failed write is not there, even after a flush', async () => {
  const disk = await ScriptedDisk.create(SIZE);
  disk.disk.inject({ on: 'write', does: 'ENOSPC', times: 1 });
  await disk.write(0, sector(1));
  await disk.write(512, sector(2));
  await disk.flush();
  expect(sectorsOf(disk.disk.recording().requests)).toEqual([
    [[], [1]],
    [[1], []],
  ]);
});
