import { UsageError } from '../../util/errors.ts';
import type { KeyRing, Role } from './keys/key-ring.ts';
import { encodeRoot, rootVersion, type RootPlan } from './root.ts';
import type { Signer } from './keys/sign.ts';
import type { Target } from './target.ts';

export type OnlineRole = Exclude<Role, 'root'>;

/** What the next publication says of one role. */
export interface RoleState {
  readonly version: number;
  readonly expires: Date;
  readonly signers: readonly Signer[];
}

/**
 * An update repository as plain data, which `publish` turns into files. It is never changed: every change gives another
 * one. Made by the functions of this file it is honest; `hostile.ts` has the changes that make it lie.
 */
export interface Repository {
  /** All versions of root metadata from the one that clients have on, as they are published: clients walk along them. */
  readonly roots: readonly [Buffer, ...Buffer[]];
  /** The private keys that the newest root trusts. */
  readonly keys: KeyRing;
  readonly roles: Readonly<Record<OnlineRole, RoleState>>;
  readonly targets: readonly Target[];
}

export type Change = (repository: Repository) => Repository;

const DAY_MS = 86_400_000;
/** Days that the metadata of Bottlerocket's own repositories lasts (twoliter, pubsys policies). */
const LIFETIME_DAYS: Readonly<Record<OnlineRole, number>> = { targets: 14, snapshot: 14, timestamp: 7 };
const ROOT_LIFETIME_DAYS = 365;

/**
 * A repository in its first version.
 *
 * @param firstRoot bytes of the root metadata that its clients have; it trusts `keys`.
 */
export function createRepository(
  keys: KeyRing,
  firstRoot: Buffer,
  targets: readonly Target[] = [],
  now = new Date(),
): Repository {
  const first = (role: OnlineRole): RoleState => ({
    version: 1,
    expires: new Date(now.getTime() + LIFETIME_DAYS[role] * DAY_MS),
    signers: keys[role].keys,
  });
  const roles = { targets: first('targets'), snapshot: first('snapshot'), timestamp: first('timestamp') };
  return { roots: [firstRoot], keys, roles, targets: checkNames(targets) };
}

/** The next version of the repository, with other targets: all three roles move on together. */
export function withTargets(targets: readonly Target[]): Change {
  return (repository) => {
    const next = (role: OnlineRole): RoleState => {
      const state = repository.roles[role];
      return { ...state, version: state.version + 1 };
    };
    const roles = { targets: next('targets'), snapshot: next('snapshot'), timestamp: next('timestamp') };
    return { ...repository, roles, targets: checkNames(targets) };
  };
}

/**
 * Appends a version of root. From then on the keys that it trusts sign, and those of the version before don't.
 *
 * @param plan.expires default: in a year.
 */
export function withRoot({
  keys,
  expires = new Date(Date.now() + ROOT_LIFETIME_DAYS * DAY_MS),
  signers,
}: Pick<RootPlan, 'keys'> & Partial<RootPlan>): Change {
  return (repository) => {
    const version = rootVersion(repository.roots[0]) + repository.roots.length;
    const oldAndNew = [...new Set([...repository.keys.root.keys, ...keys.root.keys])];
    const root = encodeRoot({ version, expires, keys, signers: signers ?? oldAndNew });
    const signedBy = (role: OnlineRole): RoleState => ({
      ...repository.roles[role],
      signers: keys[role].keys,
    });
    const roles = {
      targets: signedBy('targets'),
      snapshot: signedBy('snapshot'),
      timestamp: signedBy('timestamp'),
    };
    return { ...repository, roots: [...repository.roots, root], keys, roles };
  };
}

function checkNames(targets: readonly Target[]): readonly Target[] {
  const names = targets.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return targets;
  throw new UsageError(`A repository can't have two targets of one name, "${twice}".`);
}
