import { execFileSync } from 'node:child_process';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { shellQuote } from './shell-quote.ts';

it('is taken apart by a shell into the same arguments', () => {
  const argument = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(argument, { minLength: 50, maxLength: 100 }), (command) => {
      const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${shellQuote(command)}`], {
        encoding: 'utf8',
      });
      expect(output.split('\0').slice(0, -1)).toEqual(command);
    }),
    { numRuns: 3 },
  );
});

it('leaves plain arguments readable', () => {
  expect(shellQuote(['qemu', '-name', 'guest=a,b', "it's"])).toBe(String.raw`qemu -name guest=a,b 'it'\''s'`);
});
