import { groupBy } from '../../../util/group.ts';
import type { LifeRecord } from '../../life.ts';
import type { BootsOfRun } from '../../history/boot-phases.ts';
import type { Earlier } from '../../history/earlier.ts';
import { NO_LOGS, type MachineLogs } from '../../logs/read.ts';
import type { RunReport, TestRecord, VmRecord } from '../../schema.ts';

/** A machine that left evidence, with all that the report knows of it. */
export interface Machine {
  readonly vm: VmRecord;
  /** Of its section of the page. */
  readonly anchor: string;
  readonly lives: readonly LifeRecord[];
  readonly tests: readonly TestRecord[];
  readonly logs: MachineLogs;
}

export interface PageContext {
  readonly report: RunReport;
  /** The boots of earlier runs. */
  readonly earlier: Earlier<BootsOfRun>;
  /** By their names. */
  readonly machines: ReadonlyMap<string, Machine>;
}

/** What a page shows besides the report. */
export interface Besides {
  /** Of its machines, by their names. */
  readonly logs?: ReadonlyMap<string, MachineLogs>;
  readonly earlier?: Earlier<BootsOfRun>;
}

const NONE: Earlier<BootsOfRun> = { runs: [], unreadable: [] };

export function contextOf(report: RunReport, { logs = new Map(), earlier = NONE }: Besides): PageContext {
  const lives = groupBy(report.lives, ({ vm }) => vm);
  const uses = groupBy(
    report.tests.flatMap((test) => test.vms.map((id) => ({ id, test }))),
    ({ id }) => id,
  );
  const machines = report.vms.map((vm, index): [string, Machine] => [
    vm.id,
    {
      ...{ vm, anchor: `machine-${index + 1}` },
      lives: lives.get(vm.id) ?? [],
      tests: (uses.get(vm.id) ?? []).map(({ test }) => test),
      logs: logs.get(vm.id) ?? NO_LOGS,
    },
  ]);
  return { report, earlier, machines: new Map(machines) };
}

export type ShownState = TestRecord['state'] | 'quarantined';

export function shownState({ state, quarantine }: TestRecord): ShownState {
  return quarantine === null ? state : 'quarantined';
}
