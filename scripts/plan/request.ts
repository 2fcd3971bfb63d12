import { UsageError } from '../../harness/util/errors.ts';
import { defineCommand, type FlagValues } from '../cli/command.ts';
import { unknownName } from '../cli/suggest.ts';
import { DEFAULT_CELL_MS } from './durations.ts';

const DEFAULT_KIND = 'nightly';

export const PLAN_COMMAND = defineCommand({
  usage:
    'npm run plan -- [--kind nightly|pull-request] [--shards N] [--changed-since REF] [--durations] [--json | --commands] [RUN...]',
  summary:
    'Computes what a run consists of (variant x architecture x suite file), deals it out to machines, and prints what each types.',
  positionals: { value: 'RUN...', help: 'With --durations: each a run.json, or the directory of a report.' },
  flags: {
    kind: { value: 'KIND', help: `A table of ci/plans.toml; default ${DEFAULT_KIND}.` },
    shards: { value: 'N', help: 'How many machines share the cells; default 1.' },
    'changed-since': {
      value: 'REF',
      help: 'Only suite files that the changes since this branch or commit can touch; all, if they touch anything but suites and documents.',
    },
    durations: {
      help: `Balances by what cells took in earlier runs; an unknown one counts ${DEFAULT_CELL_MS / 1000} s.`,
    },
    json: { help: 'Prints the plan as JSON, for engines and for npm run merge.' },
    commands: { help: 'Prints command lines only, one a line: gates, what builds images, tests.' },
  },
});

export interface PlanRequest {
  readonly kind: string;
  /** At most so many, with `changedSince`. */
  readonly shards: number;
  readonly changedSince: string | undefined;
  /** Paths of reports. */
  readonly durations: readonly string[];
  readonly form: 'text' | 'json' | 'commands';
}

/** @throws {UsageError} for a kind that is not there, a number that is none, or two forms of output. */
export function parsePlanRequest(
  {
    kind = DEFAULT_KIND,
    shards = '1',
    durations,
    json,
    commands,
    'changed-since': changedSince,
  }: FlagValues<(typeof PLAN_COMMAND)['flags']>,
  runs: readonly string[],
  kinds: readonly string[],
): PlanRequest {
  if (!kinds.includes(kind)) throw unknownName('kind', kind, kinds);
  if (!/^[1-9]\d{0,3}$/.test(shards)) {
    throw new UsageError(
      `--shards ${shards} is no number of shards; it must be a whole number from 1 to 9999.`,
    );
  }
  if (json && commands)
    throw new UsageError('--json and --commands exclude each other; leave one of them out.');
  if (durations !== runs.length > 0) {
    throw new UsageError(
      durations ? '--durations needs reports of earlier runs.' : `Unexpected "${runs.join(' ')}".`,
      {
        hint: 'Balance by earlier runs with: npm run plan -- --durations RUN..., each a run.json or a report.',
      },
    );
  }
  const form = json ? 'json' : commands ? 'commands' : 'text';
  return { kind, shards: Number(shards), changedSince, durations: runs, form };
}
