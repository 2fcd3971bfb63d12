import { SeededRandom } from '../../util/numbers/random.ts';
import type { DiskContent } from '../content.ts';
import type { EventNumber, Recording } from '../recording.ts';
import type { Unit } from '../write-history.ts';
import { lossPatterns } from './loss-patterns.ts';
import { Digester, type RegionDigests } from './digester.ts';
import { epochsOf, type Epoch } from './epochs.ts';

/** A content that a power cut can leave on a recorded disk. */
export interface CrashState extends DiskContent {
  /** Equal for equal contents of one recording. */
  readonly id: string;
  readonly digests: RegionDigests;
  readonly cutAt: EventNumber;
  /** How it comes about: the step, the moment, and which writes have persisted the disk. */
  readonly description: string;
}

export interface CrashStateOptions {
  /** The label of the region that a place of the disk belongs to. */
  readonly regionAt: (offset: number) => string;
  /** The same seed gives the same states of the same recording. Default: 1. */
  readonly seed?: number;
  /** So many ways to lose pending writes of each kind and epoch, at most. Default: 16. */
  readonly limit?: number;
  /** Only cuts after the step of this name began. Default: all. */
  readonly from?: string;
}

export interface CrashStates {
  /** No two of the same content, in the order of their cuts. */
  readonly states: readonly CrashState[];
  /** Before equal ones were merged. */
  readonly generated: number;
}

/**
 * The states that power cuts during a recording can leave: what flushes made durable, and a choice of what was written
 * since.
 */
export function crashStates(recording: Recording, options: CrashStateOptions): CrashStates {
  const { seed = 1, limit = 16, from } = options;
  const random = new SeededRandom(seed);
  const digester = new Digester(recording.history, options.regionAt);
  const states = new Map<string, CrashState>();
  let generated = 0;
  const startsAt = startOf(recording, from);
  for (const epoch of epochsOf(recording.requests).filter(({ cutAt }) => cutAt > startsAt)) {
    const { settled, open } = partsOf(epoch, recording);
    const ofSettled = digester.digest(settled, (write) => epoch.durable.has(write));
    for (const { description, persisted } of lossPatterns(epoch, recording.history, random, limit)) {
      generated += 1;
      const digests = digester.digest(open, persisted, ofSettled);
      const id = idOf(digests);
      if (states.has(id)) continue;
      states.set(id, {
        ...{ id, digests, cutAt: epoch.cutAt },
        description: `cut ${stepAt(recording, epoch.cutAt)}before event ${epoch.cutAt}: ${description}`,
        sizeBytes: recording.history.base.sizeBytes,
        read: (offset, lengthBytes) => recording.history.read(offset, lengthBytes, persisted),
      });
    }
  }
  return { states: [...states.values()], generated };
}

/** Units whose content the epoch has settled, and those that its pending writes touch. */
function partsOf({ pending }: Epoch, { history }: Recording): { settled: Unit[]; open: Set<Unit> } {
  const open = new Set(pending.flatMap((write) => history.unitsOf(write)));
  return { open, settled: [...history.units].filter((unit) => !open.has(unit)) };
}

export function idOf(digests: RegionDigests): string {
  const parts = [...digests].map(([region, digest]) => `${region}:${digest.toString(16)}`);
  return parts.sort().join(' ');
}

function startOf({ marks }: Recording, from: string | undefined): EventNumber {
  if (from === undefined) return 0;
  const mark = marks.find(({ name }) => name === from);
  if (mark !== undefined) return mark.at;
  const names = marks.map(({ name }) => `"${name}"`).join(', ') || 'none';
  throw new RangeError(`The recording has no step "${from}"; it has ${names}.`);
}

function stepAt({ marks }: Recording, cutAt: EventNumber): string {
  const mark = marks.findLast(({ at }) => at < cutAt);
  return mark === undefined ? '' : `during "${mark.name}", `;
}
