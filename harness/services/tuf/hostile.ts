import type { FileTree } from '../content.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { publish } from './publish.ts';
import { withRoot, type Change, type OnlineRole, type Repository, type RoleState } from './repository.ts';
import type { Signer } from './keys/sign.ts';
import type { Target } from './target.ts';

/** What attackers do to a repository, one at a time. What goes wrong on its way to a machine is in ../http/faults.ts. */

const LONG_AGO = new Date('2020-01-01T00:00:00Z');

/** The role's signatures were not made with its keys. */
export function forged(role: OnlineRole): Change {
  return changed(role, ({ signers }) => ({ signers: signers.map(forger) }));
}

/** Too few of the role's keys have signed. */
export function belowThreshold(role: OnlineRole): Change {
  return (repository) =>
    changed(role, ({ signers }) => ({ signers: signers.slice(0, repository.keys[role].threshold - 1) }))(
      repository,
    );
}

export function expired(role: OnlineRole): Change {
  return changed(role, () => ({ expires: LONG_AGO }));
}

/** The role is one version behind where it was, well signed: what a thief of its keys can do. */
export function rolledBack(role: OnlineRole): Change {
  return changed(role, ({ version }) => ({ version: version - 1 }));
}

/** The keys of an earlier root go on signing. */
export function signedByRevokedKeys(revoked: KeyRing, role: OnlineRole): Change {
  return changed(role, () => ({ signers: revoked[role].keys }));
}

/** A newest root that is past its time. */
export function expiredRoot(): Change {
  return (repository) => withRoot({ keys: repository.keys, expires: LONG_AGO })(repository);
}

/** The metadata is wrong about a target: another name, length or hash. */
export function misdescribed(name: string, change: Partial<Omit<Target, 'content'>>): Change {
  return (repository) => ({
    ...repository,
    targets: repository.targets.map((target) => (target.name === name ? { ...target, ...change } : target)),
  });
}

/** Each file is well signed, but they belong to different versions: the newer's targets metadata is the older's. */
export function mixAndMatch(newer: Repository, older: Repository): FileTree {
  const path = ({ roles }: Repository): string => `metadata/${roles.targets.version}.targets.json`;
  const stale = publish(older).get(path(older));
  return new Map([...publish(newer), ...(stale === undefined ? [] : [[path(newer), stale] as const])]);
}

function changed(role: OnlineRole, change: (state: RoleState) => Partial<RoleState>): Change {
  return (repository) => {
    const state = repository.roles[role];
    return { ...repository, roles: { ...repository.roles, [role]: { ...state, ...change(state) } } };
  };
}

/** What it makes is right in form, and a signature of something else. */
function forger(key: Signer): Signer {
  return { id: key.id, sign: (bytes) => key.sign(Buffer.concat([bytes, bytes])) };
}
