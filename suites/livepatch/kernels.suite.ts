import { expect, livepatchSuite, publish, withLivepatches } from '../../harness/index.ts';
import { prepareAndActivate, runningVersion, waitForSuccessMark } from '../support/updates.ts';
import { expectHealthyKernel, kernelVersion, waitUntilProven } from './support/kernel.ts';

const test = livepatchSuite();

const PATCHED = '(live patched)';

test('another kernel has no patch, a rollback brings it back', async ({
  vm,
  image,
  nextImage,
  livepatches,
  repository,
  skip,
}) => {
  await repository.replace([image, nextImage]);
  repository.service.files = publish(withLivepatches(livepatches.all)(repository.repository));
  const { build_id: patchedKernel } = (await vm.api.livepatches.status()).kernel;
  await vm.api.livepatches.apply('proc-version');
  await waitUntilProven(vm, 'proc-version');

  await prepareAndActivate(vm);
  await vm.reboot();
  await waitForSuccessMark(vm);
  expect(await runningVersion(vm)).toBe(nextImage.manifest?.os.version);
  const { kernel } = await vm.api.livepatches.status();
  skip(kernel.build_id === patchedKernel, 'the next version has the same kernel');
  expect(await kernelVersion(vm)).not.toContain(PATCHED);
  expect(await vm.api.livepatches.list()).toEqual([]);
  await expect(vm.api.livepatches.apply('proc-version')).rejects.toThrow(
    /the repository has no live patch proc-version for the kernel/,
  );
  await expectHealthyKernel(vm);

  await vm.api.updates.rollBack();
  await vm.reboot();
  await waitForSuccessMark(vm);
  expect(await runningVersion(vm)).toBe(image.manifest?.os.version);
  await vm.api.livepatches.waitFor('proc-version', 'applied');
  expect(await kernelVersion(vm)).toContain(PATCHED);
  await expectHealthyKernel(vm);
});
