import { containerSuite, expect, measure, needs } from '../../harness/index.ts';
import { named } from '../support/workload.ts';
import { fetched, refuses, tags } from './support/pulls.ts';

const test = containerSuite();

const COUNTER = named('counter:1');

test('a cold pull fetches each blob once, a warm one none', async ({ vm, registry, workloads }) => {
  const blobs = workloads.get('big:1')?.blobs.map(({ descriptor: { digest } }) => digest) ?? [];
  const pull = async (): Promise<number> => {
    const startedAtMs = performance.now();
    await vm.cri.pull(named('big:1'));
    return performance.now() - startedAtMs;
  };
  measure('cold pull of four layers', 'ms', [await pull()]);
  const asked = fetched(registry, /\/blobs\//).map((path) => path.replace(/^.*\//, ''));
  expect(asked.sort()).toEqual([...blobs].sort());
  registry.service.requests.length = 0;
  measure('warm pull of four layers', 'ms', [await pull()]);
  expect(fetched(registry, /\/blobs\//)).toEqual([]);
  expect(await tags(vm)).toEqual([named('big:1')]);
});

test('an image is pulled by its digest, and no other by that', async ({ vm, registry, workloads }) => {
  const digest = workloads.get('counter:1')?.manifests[0].descriptor.digest ?? '';
  const other = `sha256:${'0'.repeat(64)}`;
  await refuses(vm, `${registry.host}/counter@${other}`, /not found/);
  await vm.cri.pull(`${registry.host}/counter@${digest}`);
  const [image] = await vm.cri.images();
  expect(image?.repoDigests).toEqual([`${registry.host}/counter@${digest}`]);
  // As if another image had been put in the place of this one.
  const files = new Map(registry.service.files);
  const http = files.get(`v2/http/manifests/1`);
  if (http !== undefined) files.set(`v2/counter/manifests/${other}`, http);
  registry.service.files = files;
  await refuses(vm, `${registry.host}/counter@${other}`, /unexpected commit digest|digest/);
});

test('images of other registries come from their mirror', async ({ vm, registry }) => {
  await vm.cri.pull(COUNTER);
  expect(registry.service.requests.map(({ query }) => query['ns'])).toContain('docker.io');
  registry.publish(new Map());
  await refuses(vm, named('http:1'), /not found|no such host|lookup|dial|connect/);
  expect(await tags(vm)).toEqual([COUNTER]);
});

test('a pull without a network is refused with the reason', async ({ machines }) => {
  needs('cri');
  await using vm = await machines.fork();
  await refuses(vm, COUNTER, /network is unreachable|no such host|lookup|dial/);
});
