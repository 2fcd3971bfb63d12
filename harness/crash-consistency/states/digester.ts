import { createHash } from 'node:crypto';

import { visible, type Persisted, type Unit, type WriteHistory } from '../write-history.ts';
import type { RecordedWrite } from '../recording.ts';

/** Of each region that differs from the base's, what identifies its content; equal for equal contents only. */
export type RegionDigests = ReadonlyMap<string, bigint>;

/**
 * Distinguishes contents of one disk without reading all of it. The digest of a region is the exclusive or of its units'
 * own, so it does not depend on the way to a content, and parts can be put together.
 */
export class Digester {
  readonly #history: WriteHistory;
  readonly #regionAt: (offset: number) => string;
  readonly #names = new Map<RecordedWrite, number>();
  readonly #ofUnits = new Map<Unit, Map<string, bigint>>();

  constructor(history: WriteHistory, regionAt: (offset: number) => string) {
    this.#history = history;
    this.#regionAt = regionAt;
  }

  /** @param onto digests of other units. */
  digest(units: Iterable<Unit>, persisted: Persisted, onto: RegionDigests = new Map()): RegionDigests {
    const digests = new Map(onto);
    for (const unit of units) {
      const digest = this.#ofUnit(unit, persisted);
      if (digest === 0n) continue;
      const region = this.#regionAt(unit.offset);
      digests.set(region, (digests.get(region) ?? 0n) ^ digest);
    }
    return new Map([...digests].filter(([, digest]) => digest !== 0n));
  }

  /** Zero for the base's content, whichever write wrote it. */
  #ofUnit(unit: Unit, persisted: Persisted): bigint {
    const known = this.#ofUnits.get(unit) ?? new Map<string, bigint>();
    this.#ofUnits.set(unit, known);
    const version = visible(unit, persisted)
      .map((write) => this.#nameOf(write))
      .join();
    const found = known.get(version);
    if (found !== undefined) return found;
    const digest = this.#compute(unit, persisted);
    known.set(version, digest);
    return digest;
  }

  #compute(unit: Unit, persisted: Persisted): bigint {
    const content = this.#history.read(unit.offset, unit.lengthBytes, persisted);
    if (content.equals(this.#history.base.read(unit.offset, unit.lengthBytes))) return 0n;
    return createHash('sha256').update(`${unit.offset} `).update(content).digest().readBigUInt64LE();
  }

  #nameOf(write: RecordedWrite): number {
    const name = this.#names.get(write) ?? this.#names.size;
    this.#names.set(write, name);
    return name;
  }
}
