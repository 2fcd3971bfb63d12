import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { messageOf, UsageError } from '../../../util/errors.ts';
import { SigningKey } from './signing-key.ts';

/** The roles that the TUF specification gives to every repository. */
export const ROLES = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type Role = (typeof ROLES)[number];

/** Who may sign for a role, and how many of them must. */
export interface RoleKeys {
  readonly keys: readonly SigningKey[];
  readonly threshold: number;
}

/** All private keys of a repository, by what root metadata trusts them with. */
export type KeyRing = Readonly<Record<Role, RoleKeys>>;

/**
 * New keys. Root needs both of its two, which are of different schemes: a client that can't verify one of them gets
 * nowhere.
 */
export function generateKeyRing(): KeyRing {
  const one = (): RoleKeys => ({ keys: [SigningKey.generate('ed25519')], threshold: 1 });
  const root = {
    keys: [SigningKey.generate('ed25519'), SigningKey.generate('rsassa-pss-sha256')],
    threshold: 2,
  };
  return { root, targets: one(), snapshot: one(), timestamp: one() };
}

const roleSchema = z.strictObject({ keys: z.array(z.string()).min(1), threshold: z.int().positive() });
const keyRingSchema = z.strictObject({
  root: roleSchema,
  targets: roleSchema,
  snapshot: roleSchema,
  timestamp: roleSchema,
});

/** The contents of a key file: JSON with the private keys (PEM) and the threshold of each role. */
export function encodeKeyRing(ring: KeyRing): string {
  const file = mapRoles(ring, ({ keys, threshold }) => ({ keys: keys.map((key) => key.toPem()), threshold }));
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** @throws {UsageError} when the file can't be read, or is no key file. */
export async function readKeyRing(path: string): Promise<KeyRing> {
  try {
    const file = keyRingSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return mapRoles(file, ({ keys, threshold }) => ({
      keys: keys.map((pem) => SigningKey.fromPem(pem)),
      threshold,
    }));
  } catch (error) {
    throw new UsageError(`${path} does not hold the keys of an update repository: ${messageOf(error)}`, {
      cause: error,
      hint: 'Its form is described in images/README.md, "Keys".',
    });
  }
}

function mapRoles<From, To>(
  roles: Readonly<Record<Role, From>>,
  map: (role: From) => To,
): Readonly<Record<Role, To>> {
  return {
    root: map(roles.root),
    targets: map(roles.targets),
    snapshot: map(roles.snapshot),
    timestamp: map(roles.timestamp),
  };
}
