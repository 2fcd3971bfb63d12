import { containerSuite, endService, expect, needs, within } from '../../harness/index.ts';
import { containersOf, inside, resting, WORKLOAD } from '../support/workload.ts';
import { running } from './support/running.ts';

const test = running(containerSuite());

const SERVICES = { containerd: 'containerd.service', docker: 'docker.service' };

test('containers outlive a runtime that is killed, and are found again', async ({
  vm,
  image,
  containers,
}) => {
  needs('bench-service');
  const survivor = await containers.run({ name: 'survivor', image: WORKLOAD, args: ['counter', '100'] });
  const before = (await survivor.logs()).length;
  await endService(vm.bridge, SERVICES[containers.runtime], 'kill', within(10_000, 'the kill'));
  const again = containersOf(vm, image);
  const found = await within(60_000, 'the runtime to answer again').poll(
    () => again.find('survivor').catch(() => undefined),
    200,
  );
  expect(found.id).toBe(survivor.id);
  expect(await found.status()).toMatchObject({ state: 'running' });
  const numbers = (await found.logs()).map(({ text }) => Number(text));
  expect(numbers.length).toBeGreaterThan(before);
  // One after the other: it was neither started again nor was a line of it lost.
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  expect(await inside(found, 'exit', '3')).toMatchObject({ exitCode: 3 });
  await found.stop(0);
  expect(await found.status()).toMatchObject({ state: 'exited' });
});

test('images outlive a reboot, and containers are listed as exited', async ({ vm, image, containers }) => {
  await resting(containers, 'before');
  await vm.reboot();
  await vm.waitForBoot();
  const again = containersOf(vm, image);
  expect(await again.images()).toContain(again.runtime === 'docker' ? 'workload:1' : WORKLOAD);
  expect(await (await again.find('before')).status()).toMatchObject({ state: 'exited' });
  const after = await again.run({ name: 'after', image: WORKLOAD, args: ['exit', '4'] });
  expect((await after.waitForExit()).exitCode).toBe(4);
});
