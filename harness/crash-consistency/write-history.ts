import type { DiskContent } from './content.ts';
import type { DataLog } from './data-log.ts';
import type { RecordedWrite } from './recording.ts';

const SECTOR_BYTES = 512;
const BLOCK_BYTES = 4096;
/** Partitions begin and end at whole mebibytes, so that both copies of the table have the first and last to themselves. */
const TABLE_AREA_BYTES = 1024 * 1024;

/** A stretch of the disk that a power cut leaves wholly old or wholly new, and the writes to it as they arrived. */
export interface Unit {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly writes: readonly RecordedWrite[];
}

/** Which of the writes have persisted the disk; of a torn write, which of its units. */
export type Persisted = (write: RecordedWrite, unit: Unit) => boolean;

interface GrowingUnit extends Unit {
  readonly writes: RecordedWrite[];
}

/** A piece of a disk that comes from one write, or from none. */
interface Run {
  readonly from: number;
  to: number;
  readonly write: RecordedWrite;
}

/**
 * Every content that a disk has had: a base that never changes, and all writes to it. A sector of the partition table's
 * areas is written as a whole, and elsewhere a block of 4096 bytes, the physical sector of present disks and the block
 * of the file systems.
 */
export class WriteHistory {
  readonly base: DiskContent;
  readonly #log: DataLog;
  /** A whole number of blocks, on a disk of any size, or a block would contain sectors that are units as well. */
  readonly #lastTableArea: number;
  readonly #units = new Map<number, GrowingUnit>();

  constructor(base: DiskContent, log: DataLog) {
    this.base = base;
    this.#log = log;
    this.#lastTableArea = Math.floor((base.sizeBytes - TABLE_AREA_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /** All units that were ever written. */
  get units(): Iterable<Unit> {
    return this.#units.values();
  }

  add(write: RecordedWrite): void {
    for (const { offset, lengthBytes } of this.#split(write.offset, write.lengthBytes)) {
      const unit = this.#units.get(offset) ?? { offset, lengthBytes, writes: [] };
      unit.writes.push(write);
      this.#units.set(offset, unit);
    }
  }

  /** The units that a write touches, in the order of their places. */
  unitsOf({ offset, lengthBytes }: RecordedWrite): Unit[] {
    return this.#unitsIn(offset, lengthBytes);
  }

  /** What a reader finds when these writes have persisted the disk, each over those that arrived before it. */
  read(offset: number, lengthBytes: number, persisted: Persisted): Buffer {
    const bytes = this.base.read(offset, lengthBytes);
    for (const { from, to, write } of this.#runs(offset, offset + lengthBytes, persisted)) {
      const target = bytes.subarray(from - offset, to - offset);
      if (write.logPosition === undefined) target.fill(0);
      else this.#log.readInto(target, write.logPosition + from - write.offset);
    }
    return bytes;
  }

  *#runs(start: number, end: number, persisted: Persisted): Generator<Run> {
    let last: Run | undefined;
    for (const unit of this.#unitsIn(start, end - start)) {
      for (const write of visible(unit, persisted)) {
        const from = Math.max(start, unit.offset, write.offset);
        const to = Math.min(end, unit.offset + unit.lengthBytes, write.offset + write.lengthBytes);
        if (from >= to) continue;
        if (last?.write === write && last.to === from) {
          last.to = to;
          continue;
        }
        if (last !== undefined) yield last;
        last = { from, to, write };
      }
    }
    if (last !== undefined) yield last;
  }

  #unitsIn(offset: number, lengthBytes: number): Unit[] {
    const units: Unit[] = [];
    for (const { offset: start } of this.#split(offset, lengthBytes)) {
      const unit = this.#units.get(start);
      if (unit !== undefined) units.push(unit);
    }
    return units;
  }

  *#split(offset: number, lengthBytes: number): Generator<{ offset: number; lengthBytes: number }> {
    for (let at = offset; at < offset + lengthBytes;) {
      const size = this.#isTableArea(at) ? SECTOR_BYTES : BLOCK_BYTES;
      const start = Math.floor(at / size) * size;
      yield { offset: start, lengthBytes: size };
      at = start + size;
    }
  }

  #isTableArea(offset: number): boolean {
    return offset < TABLE_AREA_BYTES || offset >= this.#lastTableArea;
  }
}

/** Those that show, oldest first: everything before one that covers the whole unit is hidden by it. */
export function visible(unit: Unit, persisted: Persisted): RecordedWrite[] {
  const shown: RecordedWrite[] = [];
  for (let index = unit.writes.length - 1; index >= 0; index -= 1) {
    const write = unit.writes[index];
    if (write === undefined || !persisted(write, unit)) continue;
    shown.unshift(write);
    if (covers(write, unit)) break;
  }
  return shown;
}

function covers(write: RecordedWrite, unit: Unit): boolean {
  return write.offset <= unit.offset && write.offset + write.lengthBytes >= unit.offset + unit.lengthBytes;
}
