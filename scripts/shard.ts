import { join } from 'node:path';

import { runCleaningUp } from './cli/run.ts';
import { readPlan } from './plan/schema.ts';
import { chosenShard, requirePlanFile, SHARD_COMMAND } from './shard/request.ts';
import { runShard } from './shard/run.ts';

const root = join(import.meta.dirname, '..');

await runCleaningUp(SHARD_COMMAND, async ({ flags }, { signal }) => {
  const plan = await readPlan(requirePlanFile(flags));
  const shard = chosenShard(plan, flags.index, process.env);
  return runShard(shard, { root, results: flags.results }, signal);
});
