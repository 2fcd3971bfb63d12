import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { sha256 } from '../../../harness/util/files/sha256.ts';
import type { Workbench } from '../sdk/workbench.ts';
import { deriveUuid, uuidOf } from './derived-ids.ts';

/** A root file system with its hash tree, as the kernel needs to know it. */
export interface VerityRoot {
  /** 64 hexadecimal digits, like the salt. */
  readonly rootHash: string;
  readonly salt: string;
  readonly blockBytes: 4096;
  readonly dataBlocks: number;
  /** Unique GUIDs of the partitions that hold file system and hash tree: the halves of the root hash. */
  readonly dataPartition: string;
  readonly hashPartition: string;
}

const BLOCK_BYTES = 4096;

/** Makes `hash.img` of `root.img`, both on the workbench. */
export async function makeVerity(bench: Workbench, buildId: string): Promise<VerityRoot> {
  const salt = sha256(`${buildId}|salt`);
  await bench.run('makes the hash tree', [
    'veritysetup',
    'format',
    'root.img',
    'hash.img',
    '--hash=sha256',
    `--data-block-size=${BLOCK_BYTES}`,
    `--hash-block-size=${BLOCK_BYTES}`,
    `--salt=${salt}`,
    `--uuid=${deriveUuid(buildId, 'verity')}`,
    '--root-hash-file=root-hash',
  ]);
  const rootHash = (await readFile(join(bench.directory, 'root-hash'), 'utf8')).trim();
  return {
    rootHash,
    salt,
    blockBytes: BLOCK_BYTES,
    dataBlocks: (await stat(join(bench.directory, 'root.img'))).size / BLOCK_BYTES,
    dataPartition: uuidOf(rootHash.slice(0, 32)),
    hashPartition: uuidOf(rootHash.slice(32)),
  };
}
