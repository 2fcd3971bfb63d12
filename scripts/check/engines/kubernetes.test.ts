import { basename } from 'node:path';

import { describe, expect, it } from 'vitest';

import { EXIT_CODES } from '../../../harness/util/errors.ts';
import { reportsOf } from '../../plan/plan.ts';
import { npmCalls, readText, readYaml } from './files.ts';
import { claimSchema, indexedJobSchema, jobSchema } from './manifests.ts';

const FOLDER = 'ci/kubernetes';
const shards = await readYaml(`${FOLDER}/shards.yaml`, indexedJobSchema);
const merge = await readYaml(`${FOLDER}/merge.yaml`, jobSchema);
const claim = await readYaml(`${FOLDER}/results.yaml`, claimSchema);
const readme = await readText(`${FOLDER}/README.md`);
const pods = [shards, merge].map(({ spec }) => spec.template.spec);
const [shard] = shards.spec.template.spec.containers;
const [merger] = merge.spec.template.spec.containers;

describe('the Jobs of Kubernetes', () => {
  it('have as many pods as the plan, which the README makes, has shards', async () => {
    const plan = (await npmCalls(readme)).find(({ name }) => name === 'plan');
    expect(plan?.flags).toMatchObject({
      kind: 'nightly',
      shards: String(shards.spec.completions),
      json: true,
    });
    expect(shards.spec.parallelism).toBeLessThanOrEqual(shards.spec.completions);
  });

  it('run the commands of the project, with what is mounted', async () => {
    const calls = await npmCalls([shard.args.join(' '), merger.args.at(-1)].join('\n'));
    expect(calls).toMatchObject([
      { name: 'shard', flags: { plan: '/plan/plan.json', results: '/results', index: undefined } },
      { name: 'merge', flags: { plan: '/plan/plan.json', out: '/results/merged' } },
    ]);
    expect(merger.args.at(-1)).toMatch(/ \/results\/\*-of-\*\/\*$/);
    expect(basename(reportsOf('nightly', 1, 2))).toMatch(/^[^.].*-of-.*$/);
  });

  it('try again what the host spoiled, and nothing that a test or a user did', () => {
    const codes = shards.spec.podFailurePolicy.rules.flatMap((rule) =>
      rule.action === 'FailIndex' ? [rule.onExitCodes] : [],
    );
    expect(codes).toMatchObject([
      { containerName: shard.name, values: [EXIT_CODES.testFailed, EXIT_CODES.wrongUse] },
    ]);
  });

  it.each(pods)('mount volumes that there are', ({ containers: [container], volumes }) => {
    const mounted = container.volumeMounts.map(({ name }) => name);
    expect(mounted).toEqual(volumes.map(({ name }) => name));
    for (const volume of volumes) {
      if ('persistentVolumeClaim' in volume) {
        expect(volume.persistentVolumeClaim.claimName).toBe(claim.metadata.name);
      }
      if ('configMap' in volume) expect(readme).toContain(`configmap ${volume.configMap.name} `);
    }
  });

  it('run the image that its README builds', async () => {
    const recipe = await readText('ci/runner/README.md');
    for (const { containers } of pods) expect(recipe).toContain(`--tag ${containers[0].image} `);
    expect(await readText('ci/runner/Containerfile')).toMatch(/^ENTRYPOINT \["tini", "--"\]$/m);
  });

  it('are named in the README as they are', () => {
    for (const { metadata } of [shards, merge]) expect(readme).toContain(`job/${metadata.name}`);
  });
});
