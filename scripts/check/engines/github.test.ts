import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readPlanContent } from '../../plan/content.ts';
import { reportsOf } from '../../plan/plan.ts';
import { npmCalls, readText, readYaml } from './files.ts';

const ROOT = join(import.meta.dirname, '../../..');
const WORKFLOWS = '.github/workflows';
const ENGINE = `${WORKFLOWS}/shards.yml`;

const stepSchema = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});
const workflowSchema = z.object({
  permissions: z.record(z.string(), z.string()),
  concurrency: z.object({ group: z.string() }).optional(),
  env: z.record(z.string(), z.string()).default({}),
  jobs: z.record(
    z.string(),
    z.object({
      uses: z.string().optional(),
      with: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
      permissions: z.unknown().optional(),
      'timeout-minutes': z.union([z.number(), z.string()]).optional(),
      steps: z.array(stepSchema).default([]),
    }),
  ),
});

const names = (await readdir(join(ROOT, WORKFLOWS))).map((name) => `${WORKFLOWS}/${name}`);
const workflows = await Promise.all(names.map((name) => readYaml(name, workflowSchema)));
const { jobs, env } = await readYaml(ENGINE, workflowSchema);
const stepsOf = (job: string) => jobs[job]?.steps ?? [];

describe('the workflows of GitHub', () => {
  it('run kinds that there are', async () => {
    const kinds = Object.keys(await readPlanContent(join(ROOT, 'ci/plans.toml')));
    const callers = workflows
      .flatMap((one) => Object.values(one.jobs))
      .filter((job) => job.uses !== undefined);
    expect(callers.map((job) => job.uses)).toEqual(callers.map(() => `./${ENGINE}`));
    expect(callers.map((job) => job.with['kind']).sort()).toEqual(kinds.sort());
  });

  it('call npm scripts and flags that there are', async () => {
    const calls = (await Promise.all(names.map(async (name) => npmCalls(await readText(name))))).flat();
    expect(calls.map(({ name }) => name)).toEqual(['plan', 'shard', 'merge']);
    const [plan, shard, merge] = calls.map(({ flags }) => flags);
    expect(plan).toMatchObject({ kind: '"$KIND"', shards: '"$SHARDS"', json: true });
    expect(shard).toMatchObject({ plan: 'plan.json', index: '"$INDEX"' });
    expect(merge).toMatchObject({ plan: 'plan.json', out: 'reports/merged' });
  });

  it('keep the reports of a shard, whatever happened, where the merge reads them', () => {
    const upload = stepsOf('shard').find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(upload?.if).toBe('always()');
    const path = String(upload?.with['path']).replace('${{ inputs.kind }}', 'nightly');
    expect(path).toBe(dirname(reportsOf('nightly', 1, 2)));
    const download = stepsOf('merge').find(({ with: { pattern } }) => pattern === 'shard-*');
    expect(download?.with).toMatchObject({ path: 'results', 'merge-multiple': true });
    expect(stepsOf('merge').some(({ run }) => run?.includes(' results/*/* '))).toBe(true);
  });

  it('keep the cache where Hotfire has it', () => {
    const paths = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses?.startsWith('actions/cache/'))
      .flatMap((step) => String(step.with['path']).trim().split('\n'));
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(path.startsWith(`${String(env['HOTFIRE_CACHE'])}/`), path).toBe(true);
  });

  it('may read only, end at a limit, and take actions of others at a version', () => {
    for (const { permissions, jobs: own } of workflows) {
      expect(permissions).toEqual({ contents: 'read' });
      for (const [name, job] of Object.entries(own)) {
        expect(job.permissions, name).toBeUndefined();
        if (job.uses === undefined) expect(job['timeout-minutes'], name).toBeDefined();
        for (const { uses = './' } of job.steps) expect(uses).toMatch(/^\.\/|@v\d+\.\d+\.\d+$/);
      }
    }
    const started = workflows.filter((_, place) => names[place] !== ENGINE);
    for (const { concurrency } of started) expect(concurrency?.group).toContain('github.ref');
  });
});
