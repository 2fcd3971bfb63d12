import { join } from 'node:path';

import { readReport } from '../harness/report/read.ts';
import { EXIT_CODES } from '../harness/util/errors.ts';
import { listVariants, readVariant } from '../images/builder/config/variant.ts';
import { runCommand } from './cli/run.ts';
import { readPlanContent } from './plan/content.ts';
import { Durations } from './plan/durations.ts';
import { makePlan } from './plan/plan.ts';
import { renderCommands, renderPlan } from './plan/render.ts';
import { parsePlanRequest, PLAN_COMMAND, type PlanRequest } from './plan/request.ts';
import type { Plan } from './plan/schema.ts';
import { needsOfFile } from './plan/suite-needs.ts';
import { touchedSince } from './plan/touched/since.ts';
import { findSuites, type FoundSuites } from './runner/plan/discover.ts';

const FORMS: Readonly<Record<PlanRequest['form'], (plan: Plan) => string>> = {
  text: renderPlan,
  json: (plan) => `${JSON.stringify(plan, null, 2)}\n`,
  commands: renderCommands,
};

const root = join(import.meta.dirname, '..');

await runCommand(PLAN_COMMAND, async ({ flags, positionals }) => {
  const content = await readPlanContent(join(root, 'ci/plans.toml'));
  const request = parsePlanRequest(flags, positionals, Object.keys(content));
  const kind = content[request.kind] ?? { gates: [], without: [], tests: [] };
  const variants = await Promise.all((await listVariants()).map(readVariant));
  const suitesIn = (directory: string | undefined): Promise<FoundSuites> =>
    findSuites(directory && join(root, directory), join(root, 'suites'));
  const { changedSince } = request;
  const plan = await makePlan(request.kind, kind, request.shards, {
    matrix: {
      variants: new Map(variants.map(({ name, capabilities }) => [name, new Set(capabilities)])),
      suitesIn,
      needsOf: needsOfFile,
      ...(changedSince !== undefined && { wants: await touchedSince(changedSince, root, kind, suitesIn) }),
    },
    durations: new Durations(await Promise.all(request.durations.map(readReport))),
  });
  process.stdout.write(FORMS[request.form](plan));
  return EXIT_CODES.passed;
});
