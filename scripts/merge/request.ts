import { resolve } from 'node:path';

import { UsageError } from '../../harness/util/errors.ts';
import { defineCommand, type FlagValues } from '../cli/command.ts';

export const MERGE_COMMAND = defineCommand({
  usage: 'npm run merge -- --out DIR [--plan plan.json] REPORT...',
  summary:
    'Makes one report and one verdict of those of many machines.\n' +
    'Exit codes: 0 all passed, 1 a test failed, 64 wrong use, 69 a shard did not report, or a host failed.',
  positionals: { value: 'REPORT...', help: 'Directories of reports, which npm test wrote with --report.' },
  flags: {
    out: { value: 'DIR', help: 'Where the merged report goes; it must be new, empty, or an earlier report.' },
    plan: {
      value: 'FILE',
      help: 'What npm run plan -- --json wrote: a shard of it that did not report fails the run.',
    },
  },
});

export interface MergeRequest {
  readonly out: string;
  readonly plan: string | undefined;
  readonly reports: readonly string[];
}

/** @throws {UsageError} without a report or a place for the merged one, or where the two are the same. */
export function parseMergeRequest(
  { out, plan }: FlagValues<(typeof MERGE_COMMAND)['flags']>,
  reports: readonly string[],
): MergeRequest {
  if (out === undefined) throw new UsageError('Say where the merged report goes, with --out DIR.');
  if (reports.length === 0) {
    throw new UsageError('Name the reports to merge.', {
      hint: 'For example: npm run merge -- --out reports/merged reports/nightly/*/*',
    });
  }
  const places = reports.map((path) => resolve(path));
  if (places.includes(resolve(out))) {
    throw new UsageError(`--out ${out} is one of the reports to merge; it would be replaced.`);
  }
  const twice = places.findIndex((place, index) => places.indexOf(place) !== index);
  if (twice !== -1) throw new UsageError(`${reports[twice] ?? ''} is given twice; give it once.`);
  return { out, plan, reports };
}
