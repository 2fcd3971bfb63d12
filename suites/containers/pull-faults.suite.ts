import { containerSuite, expect, faults } from '../../harness/index.ts';
import { named } from '../support/workload.ts';
import { fetched, layerOfRequests, refuses, tags } from './support/pulls.ts';

const test = containerSuite();

const MIB = 2 ** 20;
const COUNTER = named('counter:1');
const MANIFEST = /\/manifests\//;
const BLOB = /\/blobs\//;
const RETRY_AFTER = { 'retry-after': '1' };

test.for([
  ['has lost a blob', BLOB, faults.answers(404), /not found/],
  ['fails at a blob', BLOB, faults.answers(500), /500 Internal Server Error/],
  ['fails at the manifest', MANIFEST, faults.answers(500), /500 Internal Server Error/],
  ['sends a short blob', BLOB, faults.shortened(10), /unexpected EOF|expected number of bytes/],
  ['is too busy', MANIFEST, faults.answers(429, RETRY_AFTER), /429 Too Many Requests/],
  [
    'calls a manifest a page',
    MANIFEST,
    faults.describedBy({ 'content-type': 'text/html' }),
    /text\/html|not found/,
  ],
  ['has a page for a manifest', MANIFEST, faults.replacedBy(Buffer.from('<html>')), /not found|invalid/],
] as const)('nothing is left when the registry %s', async ([, path, fault, reason], { vm, registry }) => {
  const lift = registry.service.inject(path, fault);
  await refuses(vm, COUNTER, reason);
  expect(await vm.cri.images()).toEqual([]);
  lift();
  await vm.cri.pull(COUNTER);
  expect(await tags(vm)).toEqual([COUNTER]);
});

test('a manifest with a wrong bit is refused', async ({ vm, registry }) => {
  registry.service.inject(MANIFEST, faults.corrupted());
  await refuses(vm, COUNTER, /unexpected commit digest/);
  expect(await vm.cri.images()).toEqual([]);
});

test('a layer with a wrong bit is refused, and fetched anew', async ({ vm, registry, workloads }) => {
  const counter = workloads.get('counter:1');
  if (counter === undefined) throw new Error('there is no counter:1');
  const layer = layerOfRequests(counter);
  const lift = registry.service.inject(layer, faults.corrupted());
  await refuses(vm, COUNTER, /unexpected commit digest/);
  lift();
  registry.service.requests.length = 0;
  await vm.cri.pull(COUNTER);
  expect(fetched(registry, layer)).toHaveLength(1);
});

test('a pull goes on where the connection was cut', async ({ vm, registry }) => {
  registry.service.inject(BLOB, faults.cutAfter(2 * MIB));
  await vm.cri.pull(named('big:1'));
  const resumed = registry.service.requests.filter(({ headers: { range = '' } }) =>
    /^bytes=[1-9]\d*-$/.test(range),
  );
  expect(resumed.length).toBeGreaterThan(0);
  expect(await tags(vm)).toEqual([named('big:1')]);
});

test('a busy registry is asked again', async ({ vm, registry }) => {
  registry.service.inject(MANIFEST, faults.firstTimes(2, faults.answers(429, RETRY_AFTER)));
  await vm.cri.pull(COUNTER);
  const statuses = registry.service.requests
    .filter(({ path }) => MANIFEST.test(path))
    .map(({ status }) => status);
  expect(statuses.slice(0, 3)).toEqual([429, 429, 200]);
});

test('a slow registry is waited for', async ({ vm, registry }) => {
  registry.service.inject(BLOB, faults.dripping(MIB / 4));
  await vm.cri.pull(COUNTER);
  expect(await tags(vm)).toEqual([COUNTER]);
});
