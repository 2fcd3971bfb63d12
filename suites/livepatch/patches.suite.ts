import { expect, livepatchSuite } from '../../harness/index.ts';
import type { RunContainer } from '../../harness/index.ts';
import { containersOf, inside, resting, withWorkload, WORKLOAD } from '../support/workload.ts';
import { expectHealthyKernel } from './support/kernel.ts';

const test = livepatchSuite().extend('vm', ({ machines, registry, repository, workloads, image }) =>
  machines.fork({ services: [registry, repository] }, { preparation: withWorkload(image, workloads) }),
);

test('CVE-2011-4915: containers read the counts of interrupts, until patched', async ({ vm, image }) => {
  const { livepatches } = vm.api;
  const containers = containersOf(vm, image);
  // As collectors of metrics have it; of a container's own /proc, runtimes hide the file.
  const mounts = [{ hostPath: '/proc', containerPath: '/host/proc', readonly: true }];
  const neighbour = await resting(containers, 'neighbour', { mounts });
  const administrator = await resting(containers, 'administrator', {
    ...{ mounts, addCapabilities: ['SYS_ADMIN'] },
  });
  const counts = (reader: RunContainer) => inside(reader, 'cat', '/host/proc/interrupts');
  expect((await counts(neighbour)).stdout).toContain('CPU0');

  await livepatches.apply('cve-2011-4915');
  expect(await counts(neighbour)).toMatchObject({ exitCode: 1, stdout: '' });
  expect((await counts(administrator)).stdout).toContain('CPU0');
  // The function opens most of /proc.
  expect((await inside(neighbour, 'cat', '/host/proc/cpuinfo')).exitCode).toBe(0);

  await livepatches.revert('cve-2011-4915');
  expect((await counts(neighbour)).stdout).toContain('CPU0');
  await expectHealthyKernel(vm);
});

test('shadow data counts what the kernel has no room for', async ({ vm, image }) => {
  const { livepatches } = vm.api;
  const container = await resting(containersOf(vm, image), 'writer');
  const descriptor = async () => (await inside(container, 'event-descriptor', '3')).stdout;
  expect(await descriptor()).toMatch(/^eventfd-count: +3$/m);
  expect(await descriptor()).not.toContain('eventfd-writes');

  for (const round of ['applied', 'applied again']) {
    await livepatches.apply('eventfd-writes');
    expect(await descriptor(), round).toMatch(/^eventfd-writes: 3$/m);
    await livepatches.revert('eventfd-writes');
    expect(await descriptor(), round).not.toContain('eventfd-writes');
  }
  await expectHealthyKernel(vm);
});

test('a function that each frame runs through is replaced', async ({ vm, image }) => {
  const containers = containersOf(vm, image);
  const server = await containers.run({ name: 'server', image: WORKLOAD, args: ['http', '8080'] });
  const client = await resting(containers, 'client');
  const address = await server.address();
  const request = () => inside(client, 'connect', address, '8080', 'GET / HTTP/1.0\r\n\r\n');
  await expect.poll(async () => (await request()).stdout, { timeout: 60_000 }).toMatch(/^HTTP/);

  await vm.api.livepatches.apply('frame-sources');
  const seen = async (what: string) =>
    Number((await inside(client, 'cat', `/sys/module/frame_sources/parameters/${what}`)).stdout);
  const before = await seen('frames');
  expect((await request()).stdout).toMatch(/^HTTP/);
  // TCP begins with three.
  expect(await seen('frames')).toBeGreaterThanOrEqual(before + 3);
  expect(await seen('dropped')).toBe(0);
  await vm.api.livepatches.revert('frame-sources');
  expect((await request()).stdout).toMatch(/^HTTP/);
  await expectHealthyKernel(vm);
});
