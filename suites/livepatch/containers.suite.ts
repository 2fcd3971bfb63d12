import { expect, livepatchSuite, measure, SteadyLoad, type SteadyKind } from '../../harness/index.ts';
import { containersOf, withWorkload, WORKLOAD } from '../support/workload.ts';
import { expectHealthyKernel } from './support/kernel.ts';

const test = livepatchSuite().extend('vm', ({ machines, registry, repository, workloads, image }) =>
  machines.fork({ services: [registry, repository] }, { preparation: withWorkload(image, workloads) }),
);

/** Replaces a function that runs for each frame which a container gets. */
const NETWORK_PATCH = 'frame-sources';
/** How much longer than without a patch a pause may be, on a host that does other things too. */
const PAUSE_FACTOR = 4;
const PAUSE_MARGIN_MS = 500;

test('containers notice neither a patch nor its revert', async ({ vm, image }) => {
  const { livepatches } = vm.api;
  const bootId = await vm.bootId();
  const load = await SteadyLoad.start(containersOf(vm, image), WORKLOAD);

  const begunMs = performance.now();
  const patched = await load.during(async () => {
    await livepatches.apply(NETWORK_PATCH);
    expect(await livepatches.waitFor(NETWORK_PATCH, 'applied')).toMatchObject({ reason: null });
    await livepatches.revert(NETWORK_PATCH);
  });
  const asLongMs = performance.now() - begunMs;
  const unpatched = await load.during(() => new Promise((resolve) => setTimeout(resolve, asLongMs)));

  for (const [kind, { longestPauseMs, rounds }] of Object.entries(patched)) {
    const without = unpatched[kind as SteadyKind].longestPauseMs;
    measure(`longest pause of ${kind}, patched`, 'ms', longestPauseMs);
    measure(`longest pause of ${kind}, not patched`, 'ms', without);
    expect(rounds, kind).toBeGreaterThan(10);
    expect(longestPauseMs, kind).toBeLessThan(PAUSE_FACTOR * without + PAUSE_MARGIN_MS);
  }
  expect(await vm.bootId()).toBe(bootId);
  await expectHealthyKernel(vm);
});
