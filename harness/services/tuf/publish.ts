import { MetaFile, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models';

import { sha256 } from '../../util/files/sha256.ts';
import type { Content, FileTree } from '../content.ts';
import type { Repository, RoleState } from './repository.ts';
import { rootVersion } from './root.ts';
import { signMetadata, SPEC_VERSION, tufTime } from './keys/sign.ts';

/**
 * Signs a repository's metadata and lays its files out as consistent snapshots (TUF specification, section 6.2):
 * `metadata/<n>.root.json`, `metadata/timestamp.json`, `metadata/<n>.snapshot.json`, `metadata/<n>.targets.json`,
 * `targets/<sha256>.<name>`. Laid over those of the version before, they leave clients that are in its midst alone.
 */
export function publish(repository: Repository): FileTree {
  const { targets, snapshot, timestamp } = repository.roles;
  const targetsBytes = signMetadata(
    new Targets({ ...common(targets), targets: targetFiles(repository) }),
    targets.signers,
  );
  const snapshotBytes = signMetadata(
    new Snapshot({ ...common(snapshot), meta: { 'targets.json': metaFile(targets, targetsBytes) } }),
    snapshot.signers,
  );
  const timestampBytes = signMetadata(
    new Timestamp({ ...common(timestamp), snapshotMeta: metaFile(snapshot, snapshotBytes) }),
    timestamp.signers,
  );
  return new Map<string, Content>([
    ...repository.roots.map((bytes) => [`metadata/${rootVersion(bytes)}.root.json`, bytes] as const),
    ['metadata/timestamp.json', timestampBytes],
    [`metadata/${snapshot.version}.snapshot.json`, snapshotBytes],
    [`metadata/${targets.version}.targets.json`, targetsBytes],
    ...repository.targets.map(({ name, sha256, content }) => [`targets/${sha256}.${name}`, content] as const),
  ]);
}

function common({ version, expires }: RoleState): { version: number; specVersion: string; expires: string } {
  return { version, specVersion: SPEC_VERSION, expires: tufTime(expires) };
}

type JsonObject = TargetFile['unrecognizedFields'];

function targetFiles({ targets }: Repository): Record<string, TargetFile> {
  return Object.fromEntries(
    targets.map(({ name, lengthBytes, sha256, custom }) => [
      name,
      new TargetFile({
        ...{ path: name, length: lengthBytes, hashes: { sha256 } },
        // The library writes it into the metadata as it is.
        ...(custom && { unrecognizedFields: { custom: structuredClone(custom) as JsonObject } }),
      }),
    ]),
  );
}

function metaFile({ version }: RoleState, bytes: Buffer): MetaFile {
  return new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256(bytes) } });
}
