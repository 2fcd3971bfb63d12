import { expect, test } from 'vitest';

import { UsageError } from '../../util/errors.ts';
import * as flaws from './flaws.ts';
import { withoutSignature } from './signature.ts';
import { SAMPLE_LIVEPATCH as GOOD, SAMPLE_MODULE } from './testing/sample-livepatch.ts';

test('a signature is taken off, and nothing else', () => {
  expect(flaws.unsigned(GOOD).content).toEqual(SAMPLE_MODULE);
  expect(flaws.unsigned(GOOD).metadata).toBe(GOOD.metadata);
});

test.each([SAMPLE_MODULE, Buffer.alloc(0), Buffer.from('~Module signature appended~\n')])(
  'a module without a signature is told from one with',
  (module) => {
    expect(() => withoutSignature(module)).toThrow(UsageError);
  },
);

test('one byte of what is signed is altered, and the good patch stays as it is', () => {
  const before = Buffer.from(GOOD.content);
  for (const at of [...Array<undefined>(200).fill(undefined), 0, SAMPLE_MODULE.length - 1]) {
    const { content } = flaws.altered(GOOD, at);
    const different = [...content.keys()].filter((index) => content[index] !== GOOD.content[index]);
    expect(different).toHaveLength(1);
    expect(different[0]).toBeLessThan(SAMPLE_MODULE.length);
    if (at !== undefined) expect(different[0]).toBe(at);
  }
  expect(GOOD.content).toEqual(before);
});

test('the others are shorter, no module, or under another name', () => {
  expect(flaws.truncated(GOOD).content.length).toBe(Math.floor(GOOD.content.length / 2));
  expect(flaws.notAModule(GOOD).content.subarray(0, 4)).not.toEqual(Buffer.from('\x7fELF'));
  expect(flaws.misnamed(GOOD, 'an-other')).toMatchObject({
    metadata: { name: 'an-other', module: 'an_other' },
  });
});
