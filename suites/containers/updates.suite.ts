import { containerSuite, expect } from '../../harness/index.ts';
import type { Image, Vm } from '../../harness/index.ts';
import { prepareAndActivate, runningVersion, waitForSuccessMark } from '../support/updates.ts';
import { containersOf, resting, withWorkload, WORKLOAD } from '../support/workload.ts';

const test = containerSuite().extend('vm', ({ machines, registry, updates, workloads, image }) =>
  machines.fork({ services: [registry, updates] }, { preparation: withWorkload(image, workloads) }),
);

test('images and containers outlive an update and its rollback', async ({
  vm,
  image,
  nextImage,
  updates,
  registry,
}) => {
  await updates.replace([image, nextImage]);
  await resting(containersOf(vm, image), 'before');
  const pulled = registry.service.requests.length;

  await prepareAndActivate(vm);
  await vm.reboot();
  await vm.waitForBoot();
  await waitForSuccessMark(vm);
  expect(await runningVersion(vm)).toBe(nextImage.manifest?.os.version);
  await expectKept(vm, image, 'updated');

  await vm.api.updates.rollBack();
  await vm.reboot();
  await vm.waitForBoot();
  await waitForSuccessMark(vm);
  expect(await runningVersion(vm)).toBe(image.manifest?.os.version);
  await expectKept(vm, image, 'rolled-back');
  expect(registry.service.requests).toHaveLength(pulled);
});

/** Finds the container from before the boot, and starts one more from the image that is there. */
async function expectKept(vm: Vm, image: Image, name: string): Promise<void> {
  const containers = containersOf(vm, image);
  expect(await (await containers.find('before')).status()).toMatchObject({ state: 'exited' });
  const after = await containers.run({ name, image: WORKLOAD, args: ['exit', '4'] });
  expect((await after.waitForExit()).exitCode).toBe(4);
}
