import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

import type { Partition } from '../../disk/gpt/entries.ts';
import type { DiskContent } from '../content.ts';
import type { WriteHistory } from '../write-history.ts';

const CHUNK_BYTES = 64 * 1024;

/** Copies a partition, as it is in one state of a disk after the other, into files; what was never used stays a hole. */
export class PartitionCopier {
  readonly #partition: Partition;
  readonly #used: readonly number[];

  constructor(history: WriteHistory, partition: Partition) {
    const { firstByte, sizeBytes } = partition;
    const written = new Set(
      [...history.units].map(({ offset }) => Math.floor((offset - firstByte) / CHUNK_BYTES) * CHUNK_BYTES),
    );
    const used: number[] = [];
    for (let at = 0; at < sizeBytes; at += CHUNK_BYTES) {
      if (written.has(at) || !isZero(history.base.read(firstByte + at, chunkAt(at, partition))))
        used.push(at);
    }
    this.#partition = partition;
    this.#used = used;
  }

  /** @param path is overwritten. */
  copy(content: DiskContent, path: string): void {
    const descriptor = openSync(path, 'w', 0o600);
    try {
      ftruncateSync(descriptor, this.#partition.sizeBytes);
      for (const at of this.#used) {
        writeSync(
          descriptor,
          content.read(this.#partition.firstByte + at, chunkAt(at, this.#partition)),
          0,
          null,
          at,
        );
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

function chunkAt(at: number, { sizeBytes }: Partition): number {
  return Math.min(CHUNK_BYTES, sizeBytes - at);
}

const ZEROES = Buffer.alloc(CHUNK_BYTES);

function isZero(bytes: Buffer): boolean {
  return bytes.equals(ZEROES.subarray(0, bytes.length));
}
