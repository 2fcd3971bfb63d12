import { UsageError } from '../../harness/util/errors.ts';
import { defineCommand, type FlagValues } from '../cli/command.ts';
import type { Plan } from '../plan/schema.ts';

/** Which pod of an Indexed Job of Kubernetes this is, from 0. */
const COMPLETION_INDEX = 'JOB_COMPLETION_INDEX';

export const SHARD_COMMAND = defineCommand({
  usage: 'npm run shard -- --plan plan.json [--index I] [--results DIR]',
  summary:
    'Runs one shard of a plan: builds its images, or finds them in the cache, then runs its commands, all of them.\n' +
    'Exit codes: 0 all passed, 1 a test failed, 64 wrong use, 69 the host failed, not the image, 130 interrupted.',
  flags: {
    plan: { value: 'FILE', help: 'What npm run plan -- --json wrote.' },
    index: {
      value: 'I',
      help: `Which shard, from 1; default: what ${COMPLETION_INDEX}, which counts from 0, says.`,
    },
    results: {
      value: 'DIR',
      help: 'Puts the reports here, too, in a directory for the shard: all of them or none, in place of earlier ones.',
    },
  },
});

type Shard = Plan['shards'][number];

/** @throws {UsageError} without a plan. */
export function requirePlanFile({ plan }: FlagValues<(typeof SHARD_COMMAND)['flags']>): string {
  if (plan !== undefined) return plan;
  throw new UsageError('Say which plan the shard is of, with --plan FILE.', {
    hint: 'Write one with: npm run --silent plan -- --json > plan.json',
  });
}

/** @throws {UsageError} when it is not said which, or the plan has no such shard. */
export function chosenShard(
  { shards }: Pick<Plan, 'shards'>,
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Shard {
  const completion = environment[COMPLETION_INDEX];
  if (flag === undefined && completion === undefined) {
    throw new UsageError(`Say which shard, with --index I, from 1 to ${shards.length}.`);
  }
  const [source, text, first] =
    flag === undefined ? [COMPLETION_INDEX, completion ?? '', 0] : ['--index', flag, 1];
  const number = /^\d{1,4}$/.test(text) ? Number(text) - first + 1 : 0;
  const shard = shards.find(({ index }) => index === number);
  if (shard !== undefined) return shard;
  throw new UsageError(
    `${source} is "${text}", but the plan has shards from ${first} to ${shards.length - 1 + first} only.`,
    { hint: 'Make the plan with --shards N for as many as there are machines.' },
  );
}
