import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';

import { onTestFinished } from 'vitest';

import { runHostTool } from '../../process/host-tool.ts';
import { gptDisk, type PlannedPartition } from '../../disk/testing/gpt-disk.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { RawFile } from '../content.ts';
import { DataLog } from '../data-log.ts';
import type { KnownVersion } from '../inspect/slot-content.ts';
import { RecordedDisk } from '../recorded-disk.ts';

const MIB = 2 ** 20;
const FILE_SYSTEM_MIB = 4;

/** Attribute words of a slot: in use and successful; valid, but without a priority; the next to boot, with one try. */
export const GOOD = 0x0101n << 48n;
export const VALID = 0x0010n << 48n;
export const TO_TRY = 0x0012n << 48n;

/** Where the parts of the disk lie, in MiB; one for each slot partition, four for each file system. */
export const PLACES = {
  'BOTTLEROCKET-BOOT-A': 1,
  'BOTTLEROCKET-ROOT-A': 2,
  'BOTTLEROCKET-HASH-A': 3,
  'BOTTLEROCKET-BOOT-B': 4,
  'BOTTLEROCKET-ROOT-B': 5,
  'BOTTLEROCKET-HASH-B': 6,
  'BOTTLEROCKET-PRIVATE': 7,
  'BOTTLEROCKET-DATA': 11,
} as const;
const DISK_MIB = 16;

/** A version of an OS whose partitions hold some random bytes. */
export interface SampleVersion {
  readonly known: KnownVersion;
  readonly boot: Buffer;
  readonly root: Buffer;
  readonly hash: Buffer;
}

export function sampleVersion(version: string): SampleVersion {
  const [boot, root, hash] = [9000, 20_000, 5000].map((size) => randomBytes(size)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const artefact = (bytes: Buffer) => ({ file: 'x', sizeBytes: bytes.length, sha256: sha256(bytes) });
  const known = {
    os: { name: 'sample', version, buildId: version },
    update: { boot: artefact(boot), root: artefact(root), hash: artefact(hash) },
    verity: { rootHash: sha256(root), dataBlockBytes: 4096 as const },
  };
  return { known, boot, root, hash };
}

/** Both copies of the table, as pieces to be written. A slot without a version has partitions of no meaning. */
export function tables(
  words: { readonly A: bigint; readonly B: bigint },
  versions: { readonly A?: SampleVersion; readonly B?: SampleVersion },
): { offset: number; bytes: Buffer }[] {
  const disk = gptDisk(DISK_MIB * 2048, partitions(words, versions));
  const end = disk.length;
  return [
    { offset: end - 33 * 512, bytes: disk.subarray(end - 33 * 512) },
    { offset: 512, bytes: disk.subarray(512, 34 * 512) },
  ];
}

/** A recorded disk on which slot A holds `version`, is in use, and PRIVATE holds these settings. */
export async function osDisk(version: SampleVersion, settings: Record<string, unknown>) {
  const scratch = await scratchDirectory();
  const image = gptDisk(DISK_MIB * 2048, partitions({ A: GOOD, B: 0n }, { A: version }));
  for (const part of ['boot', 'root', 'hash'] as const) {
    version[part].copy(image, PLACES[`BOTTLEROCKET-${part.toUpperCase() as 'BOOT'}-A`] * MIB);
  }
  (await privateWith(settings)).copy(image, PLACES['BOTTLEROCKET-PRIVATE'] * MIB);
  (await ext4(scratch('data'))).copy(image, PLACES['BOTTLEROCKET-DATA'] * MIB);
  await writeFile(scratch('disk.raw'), image);
  const base = new RawFile(scratch('disk.raw'));
  const log = new DataLog(scratch('log'));
  onTestFinished(() => {
    log[Symbol.dispose]();
    base[Symbol.dispose]();
  });
  return { scratch, base, disk: new RecordedDisk(base, log) };
}

/** The content of a PRIVATE partition whose store says this; a text is put there as it is. */
export async function privateWith(settings: Record<string, unknown> | string): Promise<Buffer> {
  const scratch = await scratchDirectory();
  const text =
    typeof settings === 'string' ? settings : JSON.stringify({ format: 1, live: settings, pending: {} });
  await mkdir(scratch('content/datastore'), { recursive: true });
  await writeFile(scratch('content/datastore/store.json'), text);
  return ext4(scratch('private'), scratch('content'));
}

async function ext4(file: string, content?: string): Promise<Buffer> {
  await writeFile(file, '');
  await truncate(file, FILE_SYSTEM_MIB * MIB);
  await runHostTool('mkfs.ext4', ['-q', '-b4096', ...(content === undefined ? [] : ['-d', content]), file]);
  return readFile(file);
}

function partitions(
  words: { readonly A: bigint; readonly B: bigint },
  versions: { readonly A?: SampleVersion; readonly B?: SampleVersion },
): PlannedPartition[] {
  return Object.entries(PLACES).map(([label, start], index) => {
    const slot = label.endsWith('-A') ? 'A' : label.endsWith('-B') ? 'B' : undefined;
    const rootHash = slot && versions[slot]?.known.verity.rootHash;
    const half = label.includes('ROOT') ? rootHash?.slice(0, 32) : rootHash?.slice(32);
    const own = String(index + 1).padStart(32, '0');
    return {
      label,
      typeGuid: '00000000-0000-0000-0000-0000000000ff',
      guid: uuid((/ROOT|HASH/.test(label) ? half : undefined) ?? own),
      firstSector: start * 2048,
      lastSector: (start + (slot === undefined ? FILE_SYSTEM_MIB : 1)) * 2048 - 1,
      attributes: label.includes('BOOT') && slot !== undefined ? words[slot] : 0n,
    };
  });
}

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
