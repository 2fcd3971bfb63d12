import {
  Metadata,
  type Root,
  type Signature,
  type Snapshot,
  type Targets,
  type Timestamp,
} from '@tufjs/models';

/** What signs metadata: honest keys, and those that only pretend to be another. */
export interface Signer {
  readonly id: string;
  sign(bytes: Buffer): Signature;
}

/** Version of the TUF specification that our metadata claims; tough compares it with nothing, tuf-js the major part. */
export const SPEC_VERSION = '1.0.0';

/** The bytes of a metadata file. They are written once: a hash of the file is a hash of these. */
export function signMetadata(
  signed: Root | Targets | Snapshot | Timestamp,
  signers: readonly Signer[],
): Buffer {
  const metadata = new Metadata(signed);
  for (const signer of signers) metadata.sign((bytes) => signer.sign(bytes));
  return Buffer.from(`${JSON.stringify(metadata.toJSON(), null, 1)}\n`);
}

/** The one form of a time that all TUF clients take: whole seconds, UTC. */
export function tufTime(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
