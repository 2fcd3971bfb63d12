import { isWrite, type EventNumber, type RecordedRequest, type RecordedWrite } from '../recording.ts';

/** The time between two moments at which writes became durable, as seen just before the second one. */
export interface Epoch {
  readonly cutAt: EventNumber;
  /** Whatever is cut when, these are on the disk. */
  readonly durable: ReadonlySet<RecordedWrite>;
  /** Of these a cut leaves any choice. In the order of their arrival. */
  readonly pending: readonly RecordedWrite[];
}

/**
 * Cuts a recording where something became durable. A cut earlier in an epoch leaves fewer pending writes to choose from,
 * so its states are among those of the epoch's end.
 */
export function epochsOf(requests: readonly RecordedRequest[]): Epoch[] {
  const writes = requests.filter(isWrite).filter(({ error }) => error === undefined);
  const durableSince = new Map(writes.map((write) => [write, becomesDurable(write, requests)]));
  const end = Math.max(0, ...requests.map((request) => request.answeredAt ?? request.arrivedAt)) + 1;
  const cuts = [...new Set([...durableSince.values(), end])].filter(Number.isFinite).sort((a, b) => a - b);
  return cuts.map((cutAt) => {
    const isDurable = (write: RecordedWrite): boolean => (durableSince.get(write) ?? Infinity) < cutAt;
    return {
      cutAt,
      durable: new Set(writes.filter(isDurable)),
      pending: writes.filter((write) => write.arrivedAt < cutAt && !isDurable(write)),
    };
  });
}

/**
 * With the answer to the first flush that arrived after the write had been answered: only such a flush was sent by
 * someone who could know of the write.
 */
function becomesDurable(write: RecordedWrite, requests: readonly RecordedRequest[]): EventNumber {
  const { answeredAt, fua } = write;
  if (answeredAt === undefined) return Infinity;
  if (fua) return answeredAt;
  const flushes = requests.filter(
    ({ kind, error, arrivedAt }) => kind === 'flush' && error === undefined && arrivedAt > answeredAt,
  );
  return Math.min(Infinity, ...flushes.map((flush) => flush.answeredAt ?? Infinity));
}
