import { readFile, stat } from 'node:fs/promises';

import { Metadata, MetadataKind, type Root } from '@tufjs/models';
import { z } from 'zod';

import { messageOf, UsageError } from '../../util/errors.ts';
import { readKeyRing, ROLES, type KeyRing } from './keys/key-ring.ts';

/** What files of others than the owner allow, which a private key's must not. */
const OTHERS = 0o077;
const object = z.record(z.string(), z.json());

interface TrustedRoot {
  readonly bytes: Buffer;
  readonly root: Root;
}

/** @throws {UsageError} when the file can't be read, or is no root metadata (TUF specification, section 4.3). */
export async function readTrustedRoot(path: string): Promise<TrustedRoot> {
  try {
    const bytes = await readFile(path);
    const { signed } = Metadata.fromJSON(MetadataKind.Root, object.parse(JSON.parse(bytes.toString())));
    return { bytes, root: signed };
  } catch (error) {
    throw new UsageError(`${path} is not the root metadata of an update repository: ${messageOf(error)}.`, {
      cause: error,
      hint: 'It must be root metadata of TUF 1.0, in JSON.',
    });
  }
}

/** @throws {UsageError} for keys that others can read, that are none, or that the root does not trust. */
export async function readTrustedKeys(path: string, { root }: TrustedRoot): Promise<KeyRing> {
  const { mode } = await stat(path);
  if ((mode & OTHERS) !== 0) {
    throw new UsageError(`${path} holds private keys, and other users of this host can read them.`, {
      hint: `chmod 600 ${path}`,
    });
  }
  const ring = await readKeyRing(path);
  const wrong = ROLES.filter((role) => {
    const trusted = root.roles[role];
    const ids = ring[role].keys.map(({ id }) => id);
    const enough = ids.length >= (trusted?.threshold ?? Infinity);
    return !enough || ids.some((id) => trusted?.keyIDs.includes(id) !== true);
  });
  if (wrong.length === 0) return ring;
  throw new UsageError(
    `${path} has other keys than the root metadata beside it trusts for ${wrong.join(', ')}.`,
    {
      hint: 'Both must be of one repository.',
    },
  );
}
