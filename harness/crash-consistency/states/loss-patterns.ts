import type { SeededRandom } from '../../util/numbers/random.ts';
import type { RecordedWrite } from '../recording.ts';
import type { Persisted, WriteHistory } from '../write-history.ts';
import type { Epoch } from './epochs.ts';

/** What of an epoch's pending writes has reached the disk. */
export interface LossPattern {
  /** For a reader of a failed test. */
  readonly description: string;
  readonly persisted: Persisted;
}

/**
 * Write-cache loss patterns known from real disks: in order, out of order, one write alone or missing,
 * any mixture, and writes that are torn into their units.
 *
 * @param limit of each kind, at most so many.
 */
export function* lossPatterns(
  { durable, pending }: Epoch,
  history: WriteHistory,
  random: SeededRandom,
  limit: number,
): Generator<LossPattern> {
  const whole = (description: string, kept: readonly RecordedWrite[]): LossPattern => {
    const reaching = new Set(kept);
    return { description, persisted: (write) => durable.has(write) || reaching.has(write) };
  };
  const count = pending.length;
  const sample = (): number[] => random.sample([...pending.keys()], limit);

  yield whole(`none of ${count} pending writes`, []);
  yield whole(`all ${count} pending writes`, pending);
  for (const index of sample())
    yield whole(`the first ${index} of ${count} pending writes`, pending.slice(0, index));
  for (const index of sample()) {
    yield whole(`only pending write ${index + 1} of ${count}`, pending.slice(index, index + 1));
  }
  for (const index of sample()) {
    yield whole(`all of ${count} pending writes but ${index + 1}`, pending.toSpliced(index, 1));
  }
  for (let nth = 1; count > 2 && nth <= limit; nth += 1) {
    const kept = pending.filter(() => random.below(2) === 1);
    yield whole(`random pattern ${nth}, ${kept.length} of ${count} pending writes`, kept);
  }
  for (const index of sample()) yield* tears(index, { durable, pending }, history, random);
  if (count > 1) yield* mixtures({ durable, pending }, history, random, limit);
}

/** One write in two, by its units: with all that came before it, and with all the others. */
function* tears(
  index: number,
  { durable, pending }: Omit<Epoch, 'cutAt'>,
  history: WriteHistory,
  random: SeededRandom,
): Generator<LossPattern> {
  const torn = pending[index];
  if (torn === undefined) return;
  const units = history.unitsOf(torn);
  if (units.length < 2) return;
  const middle = 1 + random.below(units.length - 1);
  const parts = {
    head: units.slice(0, middle),
    tail: units.slice(middle),
    half: units.filter(() => random.below(2) === 1),
  };
  const others = { 'those before it': pending.slice(0, index), 'all others': pending.toSpliced(index, 1) };
  for (const [part, kept] of Object.entries(parts)) {
    for (const [which, company] of Object.entries(others)) {
      const reaching = new Set(company);
      const places = new Set(kept.map(({ offset }) => offset));
      yield {
        description:
          `${places.size} of ${units.length} units (${part}) of pending write ${index + 1} of ${pending.length}, ` +
          `with ${which}`,
        persisted: (write, unit) =>
          durable.has(write) || reaching.has(write) || (write === torn && places.has(unit.offset)),
      };
    }
  }
}

/** All pending writes torn at once: what is kept in two copies is lost when both are. */
function* mixtures(
  { durable, pending }: Omit<Epoch, 'cutAt'>,
  history: WriteHistory,
  random: SeededRandom,
  limit: number,
): Generator<LossPattern> {
  const places = pending.map((write) => history.unitsOf(write).map(({ offset }) => offset));
  const torn = (description: string, pick: (units: readonly number[]) => readonly number[]): LossPattern => {
    const kept = new Map(pending.map((write, index) => [write, new Set(pick(places[index] ?? []))]));
    return {
      description: `${description} of all ${pending.length} pending writes`,
      persisted: (write, unit) => durable.has(write) || (kept.get(write)?.has(unit.offset) ?? false),
    };
  };
  yield torn('the first half', (units) => units.slice(0, Math.ceil(units.length / 2)));
  yield torn('the second half', (units) => units.slice(Math.ceil(units.length / 2)));
  for (let nth = 1; nth <= limit; nth += 1) {
    yield torn(`random units, pattern ${nth},`, (units) => units.filter(() => random.below(2) === 1));
  }
}
