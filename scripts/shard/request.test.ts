import { expect, it } from 'vitest';

import type { Plan } from '../plan/schema.ts';
import { chosenShard } from './request.ts';

const shards = [1, 2, 3].map((index) => ({
  ...{ index, estimateMs: 1, cells: [], images: [], commands: [], reports: '' },
})) satisfies Plan['shards'];

it.each([
  ['1', {}, 1],
  ['3', { JOB_COMPLETION_INDEX: '0' }, 3],
  [undefined, { JOB_COMPLETION_INDEX: '0' }, 1],
  [undefined, { JOB_COMPLETION_INDEX: '2' }, 3],
])('--index %s and %j choose shard %i', (flag, environment, index) => {
  expect(chosenShard({ shards }, flag, environment).index).toBe(index);
});

it.each([
  [undefined, {}, /with --index I, from 1 to 3/],
  ['0', {}, /--index is "0", but the plan has shards from 1 to 3 only\./],
  ['4', {}, /from 1 to 3 only/],
  ['2x', {}, /--index is "2x"/],
  [undefined, { JOB_COMPLETION_INDEX: '3' }, /JOB_COMPLETION_INDEX is "3"[^]*from 0 to 2 only\./],
  [undefined, { JOB_COMPLETION_INDEX: '' }, /JOB_COMPLETION_INDEX is ""/],
])('--index %s and %j are refused', (flag, environment, message) => {
  expect(() => chosenShard({ shards }, flag, environment)).toThrow(message);
});
