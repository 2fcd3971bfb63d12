import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

import { runHostTool } from '../../process/host-tool.ts';
import { replayJournal } from '../../disk/ext4/repair.ts';

const PIECE_BYTES = 1024 * 1024;

/** The superblock follows the boot sector. */
const SUPERBLOCK_AT = 1024;
/**
 * Of the superblock, the fields that say when and how much was written, and nothing of what is there: offset and length in bytes,
 * by docs.kernel.org/filesystems/ext4/super.html.
 */
const STATISTICS = {
  s_wtime: [0x30, 4],
  s_kbytes_written: [0x178, 8],
  s_wtime_hi: [0x274, 1],
  s_checksum: [0x3fc, 4],
} as const;

/** A stretch of blocks, without the one that it ends before. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Distinguishes what mounts of one ext4 file system would find, in one state of it after the other. */
export class Ext4Contents {
  /** It never moves. */
  #journal: readonly Stretch[] | undefined;

  /**
   * Replays the journal and names what a mount then finds: equal for equal bytes in all blocks but the free ones and those
   * of the journal, which is not read any more.
   *
   * @param file is changed by the replay.
   * @returns undefined when the file system is too damaged to read.
   * @throws {InfrastructureError} when a tool fails.
   */
  async replay(file: string): Promise<string | undefined> {
    if (!(await replayJournal(file))) return undefined;
    const { stdout: layout } = await runHostTool('dumpe2fs', [file]);
    const [blockBytes, blocks] = [/^Block size: +(\d+)$/m, /^Block count: +(\d+)$/m].map((pattern) =>
      Number(pattern.exec(layout)?.[1]),
    );
    if (!blockBytes || !blocks) return undefined;
    this.#journal ??= blocksOfJournal((await runHostTool('debugfs', ['-R', 'blocks <8>', file])).stdout);
    const unread = [...freeBlocks(layout), ...this.#journal].sort((one, other) => one.from - other.from);
    return digest(file, blockBytes, between(unread, blocks));
  }
}

/** From dumpe2fs(8): for each group a line of stretches, as `Free blocks: 12, 100-4095`. */
function freeBlocks(layout: string): Stretch[] {
  return [...layout.matchAll(/^ +Free blocks: (.+)$/gm)]
    .flatMap(([, stretches = '']) => stretches.split(', '))
    .map((stretch) => stretch.split('-').map(Number))
    .map(([from = 0, last = from]) => ({ from, to: last + 1 }));
}

/** From debugfs(8): one line of numbers. */
function blocksOfJournal(answer: string): Stretch[] {
  return (answer.match(/\d+/g) ?? []).map(Number).map((from) => ({ from, to: from + 1 }));
}

/** What is between stretches that are in order. */
function* between(stretches: readonly Stretch[], end: number): Generator<Stretch> {
  let from = 0;
  for (const stretch of [...stretches, { from: end, to: end }]) {
    if (stretch.from > from) yield { from, to: stretch.from };
    from = Math.max(from, stretch.to);
  }
}

function digest(file: string, blockBytes: number, stretches: Iterable<Stretch>): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(PIECE_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    for (const { from, to } of stretches) {
      hash.update(`${from}-${to} `);
      for (let at = from * blockBytes; at < to * blockBytes; at += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES, to * blockBytes - at);
        readSync(descriptor, piece, 0, length, at);
        if (at === 0) blankStatistics(piece);
        hash.update(piece.subarray(0, length));
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

function blankStatistics(firstPiece: Buffer): void {
  for (const [offset, length] of Object.values(STATISTICS)) {
    firstPiece.fill(0, SUPERBLOCK_AT + offset, SUPERBLOCK_AT + offset + length);
  }
}
