import { writeFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { scratchDirectory } from '../../../util/testing/scratch.ts';
import { encodeKeyRing, generateKeyRing, readKeyRing, ROLES } from './key-ring.ts';

test('a key file gives back the keys that it was made from', async () => {
  const file = await scratchDirectory();
  const ring = generateKeyRing();
  await writeFile(file('keys.json'), encodeKeyRing(ring));
  const read = await readKeyRing(file('keys.json'));
  for (const role of ROLES) {
    expect(read[role].threshold).toBe(ring[role].threshold);
    expect(read[role].keys.map(({ id }) => id)).toEqual(ring[role].keys.map(({ id }) => id));
  }
});

test.each([
  ['is not there', undefined, /ENOENT/],
  ['is no JSON', 'keys', /JSON/],
  ['lacks a role', '{}', /root/],
  [
    'holds no key',
    JSON.stringify(Object.fromEntries(ROLES.map((role) => [role, { keys: ['x'], threshold: 1 }]))),
    /PEM/,
  ],
])('a key file that %s is refused by its name', async (_what, text, reason) => {
  const file = await scratchDirectory();
  if (text !== undefined) await writeFile(file('keys.json'), text);
  const reading = readKeyRing(file('keys.json'));
  await expect(reading).rejects.toThrow(/keys.json does not hold the keys of an update repository/);
  await expect(reading).rejects.toThrow(reason);
});
