import { fileRunKey } from '../../harness/report/file-run.ts';
import type { RunReport, TestRecord } from '../../harness/report/schema.ts';
import { groupBy } from '../../harness/util/group.ts';

/** A report to be merged, and the name that tells its machines from those of the others. */
export interface Part {
  /** Unique, such as "1". */
  readonly prefix: string;
  /** As the user named it. */
  readonly path: string;
  readonly report: RunReport;
}

type Joined = Pick<
  RunReport,
  'startedAt' | 'durationMs' | 'targets' | 'tests' | 'fileSteps' | 'vms' | 'lives' | 'remarks'
>;

/**
 * One report of many: times count from the start of the first, machines get the prefix of their report. Of a test that
 * several reports have, the newest counts, and a remark says so.
 */
export function join(parts: readonly Part[]): Joined {
  const oldestFirst = [...parts].sort((a, b) => startOf(a) - startOf(b) || (a.prefix < b.prefix ? -1 : 1));
  const startMs = Math.min(...parts.map(startOf));
  const endMs = Math.max(...parts.map((part) => startOf(part) + part.report.durationMs));
  const moved = oldestFirst.map((part) => ({ part, ...shifted(part, startOf(part) - startMs) }));
  const tests = new Map<string, TestRecord>();
  const repeated: { test: TestRecord; part: Part }[] = [];
  for (const { part, tests: own } of moved) {
    for (const [key, test] of withKeys(own)) {
      if (tests.has(key)) repeated.push({ test, part });
      tests.set(key, test);
    }
  }
  const used = new Set([...tests.values()].flatMap(({ vms }) => vms));
  const superseded = new Set(
    moved.flatMap((one) => one.tests.flatMap(({ vms }) => vms)).filter((vm) => !used.has(vm)),
  );
  return {
    startedAt: new Date(startMs).toISOString(),
    durationMs: endMs - startMs,
    // The newest of a name stays.
    targets: [
      ...new Map(moved.flatMap(({ part }) => part.report.targets.map((one) => [one.name, one]))).values(),
    ],
    tests: [...tests.values()],
    fileSteps: moved.flatMap(({ fileSteps }) => fileSteps),
    vms: moved.flatMap(({ vms }) => vms).filter(({ id }) => !superseded.has(id)),
    lives: moved.flatMap(({ lives }) => lives).filter(({ vm }) => !superseded.has(vm)),
    remarks: [
      ...moved.flatMap(({ part }) => part.report.remarks),
      ...repetitions(repeated),
      ...differences(parts),
    ],
  };
}

function startOf({ report }: Part): number {
  return Date.parse(report.startedAt);
}

/** The name that a machine has in the merged report. */
export function mergedId(prefix: string, id: string): string {
  return `${prefix}-${id}`;
}

function shifted(
  { prefix, report }: Part,
  byMs: number,
): Pick<RunReport, 'tests' | 'fileSteps' | 'vms' | 'lives'> {
  const later = <Item extends { startMs: number }>(item: Item): Item => ({
    ...item,
    startMs: item.startMs + byMs,
  });
  return {
    tests: report.tests.map((test) => ({
      ...later(test),
      steps: test.steps.map(later),
      vms: test.vms.map((id) => mergedId(prefix, id)),
    })),
    fileSteps: report.fileSteps.map(later),
    lives: report.lives.map((life) => ({ ...later(life), vm: mergedId(prefix, life.vm) })),
    vms: report.vms.map((vm) => {
      const id = mergedId(prefix, vm.id);
      return { ...vm, id, directory: `vms/${id}` };
    }),
  };
}

/** A file may have two tests of one name; its reports then have them in the same order. */
function withKeys(tests: readonly TestRecord[]): [string, TestRecord][] {
  const groups = groupBy(tests, (test) => JSON.stringify([fileRunKey(test), test.promise]));
  return [...groups].flatMap(([key, some]) =>
    some.map((test, index): [string, TestRecord] => [`${key} ${index}`, test]),
  );
}

function repetitions(repeated: readonly { test: TestRecord; part: Part }[]): string[] {
  const files = groupBy(
    repeated,
    ({ test, part }) => `${test.file} on ${test.target}: reported again by ${part.path}`,
  );
  return [...files].map(([what, some]) => {
    const count = some.length === 1 ? '1 test' : `${some.length} tests`;
    return `${what}, ${count}; the newer result counts`;
  });
}

/** Images that should be the same. */
function differences(parts: readonly Part[]): string[] {
  const targets = groupBy(
    parts.flatMap(({ report }) => report.targets),
    ({ name }) => name,
  );
  return [...targets].flatMap(([name, some]) => {
    const images = new Set(some.map(({ image }) => image.sha256.join()));
    return images.size === 1 ? [] : [`${name}: the reports are of ${images.size} different images`];
  });
}
