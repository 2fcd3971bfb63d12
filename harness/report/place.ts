import { styleText } from 'node:util';

import type { TestRecord } from './schema.ts';

/** One run of one file of a suite. */
export type Place = Pick<TestRecord, 'file' | 'target' | 'repetition'>;

export function heading({ file, target, repetition }: Place): string {
  return `${styleText('bold', file)}  ${target}${repetition === 1 ? '' : `, run ${repetition}`}`;
}
