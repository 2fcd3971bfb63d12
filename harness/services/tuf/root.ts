import { MetadataKind, Root } from '@tufjs/models';
import { z } from 'zod';

import { ROLES, type KeyRing } from './keys/key-ring.ts';
import { signMetadata, SPEC_VERSION, tufTime, type Signer } from './keys/sign.ts';

export interface RootPlan {
  readonly version: number;
  readonly expires: Date;
  /** What is trusted from this version on. */
  readonly keys: KeyRing;
  /** Clients want a threshold of the root keys of this version, and one of those of the version before. */
  readonly signers: readonly Signer[];
}

const versioned = z.object({ signed: z.object({ version: z.int().positive() }) });

/** Which version of root metadata this is. */
export function rootVersion(bytes: Buffer): number {
  return versioned.parse(JSON.parse(bytes.toString())).signed.version;
}

/** The bytes of `<version>.root.json`. */
export function encodeRoot({ version, expires, keys, signers }: RootPlan): Buffer {
  const published = ROLES.flatMap((role) => keys[role].keys.map((key) => key.published));
  const root = Root.fromJSON({
    _type: MetadataKind.Root,
    spec_version: SPEC_VERSION,
    version,
    expires: tufTime(expires),
    consistent_snapshot: true,
    keys: Object.fromEntries(published.map((key) => [key.keyID, key.toJSON()])),
    roles: Object.fromEntries(
      ROLES.map((role) => [
        role,
        { keyids: keys[role].keys.map(({ id }) => id), threshold: keys[role].threshold },
      ]),
    ),
  });
  return signMetadata(root, signers);
}
