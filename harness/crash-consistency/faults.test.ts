import { describe, expect, test } from 'vitest';

import type { BlockRequest } from './device.ts';
import { Faults, type DiskFault } from './faults.ts';
import { regionFinder, TABLE_REGION } from './regions.ts';
import type { GptTable } from '../disk/gpt/table.ts';

function request(kind: BlockRequest['kind'], offset = 0, lengthBytes = 512): BlockRequest {
  return { kind, offset, lengthBytes, fua: false, data: Buffer.alloc(0) };
}

/** What each of these requests meets. */
function met(faults: readonly DiskFault[], requests: readonly BlockRequest[]): unknown[] {
  const set = new Faults();
  for (const fault of faults) set.add(fault);
  return requests.map((one) => set.meet(one));
}

describe('a fault', () => {
  test('concerns its kind of request, all of them', () => {
    const kinds = (['read', 'write', 'flush', 'write'] as const).map((kind) => request(kind));
    expect(met([{ on: 'write', does: 'EIO' }], kinds)).toEqual([undefined, 'EIO', undefined, 'EIO']);
  });

  test('of a place concerns what touches it, by a byte or whole', () => {
    const within = { offset: 4096, lengthBytes: 1024 };
    const places = [
      [4096 - 512, 512],
      [4096 - 512, 513],
      [4096, 512],
      [0, 8192],
      [4096 + 512, 512],
      [4096 + 1023, 512],
      [4096 + 1024, 512],
    ] as const;
    const requests = places.map(([offset, lengthBytes]) => request('read', offset, lengthBytes));
    const touched = met([{ on: 'read', within, does: 'EIO' }], requests).map((fault) => fault === 'EIO');
    expect(touched).toEqual([false, true, true, true, true, true, false]);
  });

  test('of a place concerns every flush', () => {
    const within = { offset: 4096, lengthBytes: 512 };
    expect(met([{ on: 'flush', within, does: 'EIO' }], [request('flush')])).toEqual(['EIO']);
  });

  test('spares the first ones and ends after its times', () => {
    const fault = { on: 'write', does: 'ENOSPC', skip: 2, times: 2 } as const;
    const writes = Array.from({ length: 6 }, () => request('write'));
    expect(met([fault], writes)).toEqual([undefined, undefined, 'ENOSPC', 'ENOSPC', undefined, undefined]);
  });

  test('that was set first is met where two are, and both are counted', () => {
    const faults: DiskFault[] = [
      { on: 'write', does: 'EIO', times: 1 },
      { on: 'write', does: 'ENOSPC', times: 2 },
    ];
    const writes = Array.from({ length: 3 }, () => request('write'));
    expect(met(faults, writes)).toEqual(['EIO', 'ENOSPC', undefined]);
  });

  test('can be lifted', () => {
    const faults = new Faults();
    const lift = faults.add({ on: 'read', does: 'no-answer' });
    expect(faults.meet(request('read'))).toBe('no-answer');
    lift();
    expect(faults.meet(request('read'))).toBeUndefined();
  });
});

test('a place belongs to the partition that holds it, or to the table', () => {
  const partition = (label: string, firstByte: number) => ({ label, firstByte, sizeBytes: 1024 });
  const table = { partitions: [partition('A', 1024), partition('B', 4096)] } as unknown as GptTable;
  const regionAt = regionFinder(table);
  expect([1023, 1024, 2047, 2048, 4095, 4096, 5119, 5120].map(regionAt)).toEqual([
    ...[TABLE_REGION, 'A', 'A', TABLE_REGION],
    ...[TABLE_REGION, 'B', 'B', TABLE_REGION],
  ]);
  expect(TABLE_REGION).toBe('table');
});
