import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { parseEntry, type JournalEntry } from '../../guest/journal/entry.ts';
import { NONCE_BYTES } from '../../guest/bridge/protocol.ts';
import { InfrastructureError, messageOf } from '../../util/errors.ts';
import type { MachineSymptom } from '../monitor/verdict/crash-error.ts';
import type { SavedState } from '../start-qemu.ts';

/** The files of a snapshot. Which disks and user-data there are is a matter of the machine. */
export const MEMORY_FILE = 'memory';
export const STATE_FILE = 'state';
const ABOUT_FILE = 'snapshot.json';
const JOURNAL_FILE = 'journal.jsonl';

const aboutSchema = z.strictObject({
  nonce: z
    .hex()
    .length(2 * NONCE_BYTES)
    .nullable(),
  noted: z.array(z.custom<MachineSymptom>((value) => symptomSchema.safeParse(value).success)),
});
const symptomSchema = z.looseObject({
  ...{ kind: z.string(), severity: z.string(), title: z.string(), text: z.string() },
});

/** A machine as it was when it was stopped; any number of others can start as that. Nothing in it is ever written. */
export interface Snapshot {
  readonly directory: string;
  /** In the guest's memory: see `Bridge.renew`. Undefined when the guest has no bridge: its forks can't be renewed. */
  readonly nonce: Buffer | undefined;
  /** Signs of trouble from before the snapshot. */
  readonly noted: readonly MachineSymptom[];
  /** The guest's journal until then. */
  readonly journal: readonly JournalEntry[];
}

/** What a fork gets its state from. */
export function savedStateOf({ directory }: Pick<Snapshot, 'directory'>): SavedState {
  return {
    memoryFile: { path: join(directory, MEMORY_FILE), writes: 'private' },
    stateFile: join(directory, STATE_FILE),
  };
}

export function frozenDisk(directory: string, index: number): string {
  return join(directory, `disk${index}.qcow2`);
}

/** An overlay on the frozen disk to which nothing has been written: to be copied, which is faster than to make one. */
export function emptyOverlay(directory: string, index: number): string {
  return join(directory, `${emptyOverlayName(index)}.qcow2`);
}

export function emptyOverlayName(index: number): string {
  return `empty${index}`;
}

export function aboutSnapshot({ nonce, noted }: Pick<Snapshot, 'nonce' | 'noted'>): {
  readonly name: string;
  readonly text: string;
} {
  return { name: ABOUT_FILE, text: JSON.stringify({ nonce: nonce?.toString('hex') ?? null, noted }) };
}

/** @throws {InfrastructureError} when there is no whole snapshot. */
export async function openSnapshot(directory: string): Promise<Snapshot> {
  try {
    const about = aboutSchema.parse(JSON.parse(await readFile(join(directory, ABOUT_FILE), 'utf8')));
    const journal = await readFile(join(directory, JOURNAL_FILE), 'utf8');
    return {
      directory,
      nonce: about.nonce === null ? undefined : Buffer.from(about.nonce, 'hex'),
      noted: about.noted,
      journal: journal.split('\n').flatMap((line) => parseEntry(line) ?? []),
    };
  } catch (error) {
    throw new InfrastructureError(`The snapshot ${directory} is damaged: ${messageOf(error)}`, {
      cause: error,
      hint: 'Remove that directory; it is made again.',
    });
  }
}
