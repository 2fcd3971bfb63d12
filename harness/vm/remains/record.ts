import { z } from 'zod';

import { DOCUMENT_CHANNELS, type UserData } from '../../os/user-data/channels.ts';
import { ARCHITECTURES } from '../../util/architecture.ts';

/** In the evidence of a machine whose disks were kept. */
export const RECORD_FILE = 'remains.json';

/** Raised whenever a reader of the previous version could misunderstand the new one. */
const RECORD_VERSION = 1;

const base64 = z.base64();
const userDataSchema = z.discriminatedUnion('channel', [
  z.strictObject({
    channel: z.enum(DOCUMENT_CHANNELS).exclude(['nocloud']),
    content: base64,
  }),
  z.strictObject({
    channel: z.literal('nocloud'),
    content: base64,
    metaData: z.record(z.string(), z.unknown()).optional(),
    networkConfig: base64.optional(),
  }),
  z.strictObject({ channel: z.literal('credentials'), name: z.string(), content: base64 }),
]);

/** How to put a machine together again that was left: the contents of `remains.json`. */
export const recordSchema = z.strictObject({
  recordVersion: z.literal(RECORD_VERSION),
  image: z.strictObject({
    path: z.string(),
    /** The name of a shipped profile or the path of a file; null when the image decides. */
    profile: z.string().nullable(),
    arch: z.enum(ARCHITECTURES),
    /** What the disks that were kept are read from where they hold nothing themselves. */
    files: z.array(
      z.strictObject({
        path: z.string(),
        sha256: z.hex().length(64),
        /** See `fileState`. */ state: z.string(),
      }),
    ),
  }),
  uuid: z.uuid(),
  cpus: z.int().positive(),
  memoryMiB: z.int().positive(),
  hasNetwork: z.boolean(),
  firmwareVariables: z.string(),
  userData: z.array(userDataSchema),
});

export type MachineRecord = z.infer<typeof recordSchema>;

export function makeRecord(record: Omit<MachineRecord, 'recordVersion'>): MachineRecord {
  return { recordVersion: RECORD_VERSION, ...record };
}

/** The disk of this number, beside the record. */
export function keptDisk(index: number): string {
  return `disk${index}.qcow2`;
}

/** Whether a file of the evidence is a disk, by its name. */
export function isDisk(name: string): boolean {
  return /^disk\d+\./.test(name);
}

export function encodeUserData(userData: readonly UserData[]): MachineRecord['userData'] {
  return userData.map((given) => {
    const content = encode(given.content);
    if (given.channel === 'credentials') return { channel: given.channel, name: given.name, content };
    if (given.channel !== 'nocloud') return { channel: given.channel, content };
    const { metaData, networkConfig } = given;
    return {
      ...{ channel: given.channel, content },
      ...(metaData && { metaData: { ...metaData } }),
      ...(networkConfig !== undefined && { networkConfig: encode(networkConfig) }),
    };
  });
}

export function decodeUserData(userData: MachineRecord['userData']): UserData[] {
  return userData.map((kept) => {
    const content = Buffer.from(kept.content, 'base64');
    if (kept.channel !== 'nocloud') return { ...kept, content };
    const { channel, metaData, networkConfig } = kept;
    return {
      ...{ channel, content },
      ...(metaData && { metaData }),
      ...(networkConfig !== undefined && { networkConfig: Buffer.from(networkConfig, 'base64') }),
    };
  });
}

function encode(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64');
}
