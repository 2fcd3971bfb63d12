import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { encodeKeyRing, generateKeyRing } from '../../../harness/services/tuf/keys/key-ring.ts';
import { encodeRoot } from '../../../harness/services/tuf/root.ts';
import type { Step } from '../cache/step.ts';
import type { Release } from '../config/release.ts';

const VERSION = 1;
const LIFETIME_YEARS = 30;

/** Names of the step's files, which have the same names next to `image.json`. */
export const TRUSTED_ROOT = 'update-root.json';
export const UPDATE_KEYS = 'update-keys.json';

/**
 * The keys of update repositories, made once per cache and never in the project: `update-keys.json` (secret) and
 * `update-root.json`, the TUF root metadata that images trust. Images of one cache take each other's updates.
 */
export function updateKeysStep(release: Release): Step {
  return {
    name: 'update repository keys',
    // The release is none of the inputs: the next one must accept the same keys.
    inputs: { version: VERSION },
    identityFile: TRUSTED_ROOT,
    spaceBytes: 1024 ** 2,
    build: async (output) => {
      const keys = generateKeyRing();
      const expires = new Date(release.epochSeconds * 1000);
      expires.setUTCFullYear(expires.getUTCFullYear() + LIFETIME_YEARS);
      const root = encodeRoot({ version: 1, expires, keys, signers: keys.root.keys });
      await writeFile(join(output, TRUSTED_ROOT), root);
      await writeFile(join(output, UPDATE_KEYS), encodeKeyRing(keys), { mode: 0o600 });
    },
  };
}
