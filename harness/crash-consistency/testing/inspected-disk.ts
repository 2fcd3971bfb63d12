import { readGptOf } from '../../disk/gpt/table.ts';
import { crashStates, type CrashState } from '../states/states.ts';
import { Inspector, type ExaminePrivate, type Findings } from '../inspect/inspector.ts';
import type { RecordedDisk } from '../recorded-disk.ts';
import { regionFinder } from '../regions.ts';
import { osDisk, PLACES, sampleVersion, type SampleVersion } from './os-disk.ts';

const MIB = 2 ** 20;

export const OLD = sampleVersion('1.0.0');
export const NEW = sampleVersion('2.0.0');

export async function write(disk: RecordedDisk, offset: number, bytes: Buffer): Promise<void> {
  const data = Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  const request = { kind: 'write', offset, lengthBytes: data.length, fua: false, data } as const;
  (await disk.submit(request)).given();
}

export async function flush(disk: RecordedDisk): Promise<void> {
  const request = { kind: 'flush', offset: 0, lengthBytes: 0, fua: false, data: Buffer.alloc(0) } as const;
  (await disk.submit(request)).given();
}

/** Puts a part of a version onto slot B. */
export function writePart(disk: RecordedDisk, part: 'boot' | 'root' | 'hash', bytes: Buffer): Promise<void> {
  return write(disk, PLACES[`BOTTLEROCKET-${part.toUpperCase() as 'BOOT'}-B`] * MIB, bytes);
}

export async function writeSlotB(disk: RecordedDisk, version: SampleVersion): Promise<void> {
  for (const part of ['root', 'boot', 'hash'] as const) await writePart(disk, part, version[part]);
}

interface Seen {
  readonly state: CrashState;
  readonly findings: Findings;
}

/**
 * Looks at every state that a cut during `script` can leave, on a disk that runs `OLD` and has the settings `motd: old`.
 *
 * @param from only cuts after this mark.
 */
export async function inspectAll(
  script: (disk: RecordedDisk) => Promise<void>,
  { from, examine }: { from?: string; examine?: ExaminePrivate } = {},
): Promise<Seen[]> {
  const { disk, base, scratch } = await osDisk(OLD, { motd: 'old' });
  await script(disk);
  const recording = disk.recording();
  const table = await readGptOf({ sizeBytes: base.sizeBytes, read: base.read.bind(base), name: 'base' });
  const inspector = new Inspector(scratch('.'), recording, [OLD.known, NEW.known], examine);
  const options = { regionAt: regionFinder(table), ...(from !== undefined && { from }) };
  const seen: Seen[] = [];
  for (const state of crashStates(recording, options).states) {
    seen.push({ state, findings: await inspector.inspect(state) });
  }
  return seen;
}

export function faultsOf(seen: readonly Seen[]): string[] {
  return seen.flatMap(({ findings }) => findings.faults);
}
