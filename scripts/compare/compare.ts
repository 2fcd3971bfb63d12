import type { MeasurementRecord, RunReport, TestRecord } from '../../harness/report/schema.ts';
import { groupBy } from '../../harness/util/group.ts';
import { median } from '../../harness/util/numbers/statistics.ts';
import { probabilityOfGreater, smallestProbability } from './permutation-test.ts';

/** How often a comparison of equal runs may say that something is slower, over all measurements together. */
export const FALSE_ALARM_RATE = 0.01;
/** Of a test's time: what is listed, without a judgement. */
const NOTABLE_RATIO = 1.5;
const NOTABLE_MS = 5000;

export interface ComparedTest {
  readonly target: string;
  readonly file: string;
  readonly promise: string;
}

export interface ComparedSamples extends ComparedTest {
  /** Of the measurement, or "test time". */
  readonly name: string;
  readonly unit: string;
  /** Medians. */
  readonly before: number;
  readonly after: number;
}

export interface Comparison {
  readonly newlyFailing: readonly ComparedTest[];
  readonly fixed: readonly ComparedTest[];
  /** Passed and failed within one of the reports, by repetitions, or failed in quarantine. */
  readonly flaky: readonly ComparedTest[];
  /** Significantly, by a permutation test over the samples. */
  readonly slower: readonly (ComparedSamples & { readonly probability: number })[];
  /** Test times with too few samples to be judged, that differ much. */
  readonly unjudged: readonly ComparedSamples[];
  readonly onlyBefore: readonly ComparedTest[];
  readonly onlyAfter: readonly ComparedTest[];
}

type State = 'passed' | 'failed' | 'flaky' | 'skipped';

interface Compared {
  readonly test: ComparedTest;
  readonly before: readonly TestRecord[];
  readonly after: readonly TestRecord[];
}

/** What changed from one report to the other. */
export function compareReports(before: RunReport, after: RunReport): Comparison {
  const [left, right] = [before, after].map(({ tests }) => groupBy(tests, keyOf));
  if (left === undefined || right === undefined) throw new RangeError('Two reports are compared.');
  const pairs = [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((key): Compared[] => {
    const [a, b] = [left.get(key) ?? [], right.get(key) ?? []];
    const first = b[0] ?? a[0];
    if (first === undefined) return [];
    const { target, file, promise } = first;
    return [{ test: { target, file, promise }, before: a, after: b }];
  });
  const where = (is: (before: State, after: State) => boolean): ComparedTest[] =>
    pairs.filter((pair) => is(stateOf(pair.before), stateOf(pair.after))).map(({ test }) => test);
  return {
    newlyFailing: where((was, is) => is === 'failed' && was !== 'failed'),
    fixed: where((was, is) => was === 'failed' && is === 'passed'),
    flaky: where((was, is) => was === 'flaky' || is === 'flaky'),
    ...slowerOf(pairs),
    onlyBefore: pairs.filter((pair) => pair.after.length === 0).map(({ test }) => test),
    onlyAfter: pairs.filter((pair) => pair.before.length === 0).map(({ test }) => test),
  };
}

/** Whether the second report is worse than the first. */
export function isWorse({ newlyFailing, slower }: Comparison): boolean {
  return newlyFailing.length > 0 || slower.length > 0;
}

function keyOf({ target, file, promise }: TestRecord): string {
  return JSON.stringify([target, file, promise]);
}

function stateOf(tests: readonly TestRecord[]): State {
  const states = new Set(tests.map(({ state }) => state));
  if (tests.some(({ quarantine }) => quarantine !== null)) return 'flaky';
  if (states.has('failed')) return states.has('passed') ? 'flaky' : 'failed';
  return states.has('passed') ? 'passed' : 'skipped';
}

function slowerOf(pairs: readonly Compared[]): Pick<Comparison, 'slower' | 'unjudged'> {
  const series = pairs.flatMap(seriesOf);
  // With fewer samples no difference could be told from chance.
  const judged = series.filter(
    ({ before, after }) => smallestProbability(before.length, after.length) <= FALSE_ALARM_RATE,
  );
  // Bonferroni: however many are judged, the rate holds for all of them together.
  const threshold = FALSE_ALARM_RATE / Math.max(1, judged.length);
  return {
    slower: judged.flatMap((one) => {
      const probability = probabilityOfGreater(one.before, one.after, threshold);
      return probability <= threshold ? [{ ...summaryOf(one), probability }] : [];
    }),
    unjudged: series
      .filter((one) => one.name === TEST_TIME && !judged.includes(one))
      .map(summaryOf)
      .filter(({ before, after }) => after > NOTABLE_RATIO * before && after - before > NOTABLE_MS),
  };
}

const TEST_TIME = 'test time';
/** Units of which more is worse. */
const TIME_UNITS = ['ns', 'us', 'µs', 'ms', 's', 'min'];

interface Series extends ComparedTest, Pick<MeasurementRecord, 'name' | 'unit'> {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Times that both reports have: of the test, when it passed, and what it measured. */
function seriesOf({ test, before, after }: Compared): Series[] {
  const [was, is] = [before, after].map((tests) => tests.filter(({ state }) => state === 'passed'));
  if (was === undefined || is === undefined || was.length === 0 || is.length === 0) return [];
  const time = (tests: readonly TestRecord[]): number[] => tests.map(({ durationMs }) => durationMs);
  const measured = new Map(
    is.flatMap((one) =>
      one.measurements.map(({ name, unit }) => [JSON.stringify([name, unit]), { name, unit }]),
    ),
  );
  const others = [...measured.values()]
    .filter(({ unit }) => TIME_UNITS.includes(unit))
    .map((one) => ({ ...test, ...one, before: samplesOf(was, one), after: samplesOf(is, one) }));
  return [{ ...test, name: TEST_TIME, unit: 'ms', before: time(was), after: time(is) }, ...others].filter(
    (series) => series.before.length > 0,
  );
}

function samplesOf(
  tests: readonly TestRecord[],
  { name, unit }: Pick<MeasurementRecord, 'name' | 'unit'>,
): number[] {
  return tests.flatMap((test) =>
    test.measurements
      .filter((one) => one.name === name && one.unit === unit)
      .flatMap(({ samples }) => samples),
  );
}

function summaryOf({ before, after, ...series }: Series): ComparedSamples {
  return { ...series, before: median(before), after: median(after) };
}
