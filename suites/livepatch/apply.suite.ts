import { deferred, expect, faults, livepatchSuite, measure } from '../../harness/index.ts';
import { expectHealthyKernel, kernelVersion } from './support/kernel.ts';

const test = livepatchSuite();

const PATCHED = '(live patched)';

test('a patch changes the kernel while it runs, and back', async ({ vm }) => {
  const { livepatches } = vm.api;
  const bootId = await vm.bootId();
  expect((await livepatches.status()).taint).toMatchObject({ value: 0 });
  expect(await kernelVersion(vm)).not.toContain(PATCHED);

  await livepatches.succeed('refresh');
  expect(await livepatches.list()).toContainEqual(
    expect.objectContaining({ name: 'proc-version', state: 'available', offered: true }),
  );
  for (const round of ['applied', 'applied again']) {
    const startedAtMs = performance.now();
    await livepatches.apply('proc-version');
    measure(round, 'ms', [performance.now() - startedAtMs]);
    expect(await livepatches.waitFor('proc-version', 'applied')).toMatchObject({ reason: null });
    expect(await kernelVersion(vm), round).toContain(PATCHED);
    await livepatches.revert('proc-version');
    expect(await livepatches.waitFor('proc-version', 'disabled')).toMatchObject({ on_trial: false });
    expect(await kernelVersion(vm), round).not.toContain(PATCHED);
  }
  expect(await vm.bootId()).toBe(bootId);
  const { taint } = await livepatches.status();
  expect(taint?.flags.map(({ letter }) => letter)).toContain('K');
  await expectHealthyKernel(vm);
});

test('ten patches stack up, and one replaces them all', async ({ vm, livepatches }) => {
  const names = livepatches.all.map(({ metadata }) => metadata.name);
  const stack = names.filter((name) => name.startsWith('stacked-'));
  expect(stack).toHaveLength(10);
  stack.sort((one, other) => Number(one.slice('stacked-'.length)) - Number(other.slice('stacked-'.length)));
  for (const [index, name] of stack.entries()) {
    await vm.api.livepatches.apply(name);
    expect(await kernelVersion(vm)).toContain(`(patch ${index + 1})`);
  }
  await vm.api.livepatches.revert('stacked-10');
  expect(await kernelVersion(vm)).toContain('(patch 9)');

  await vm.api.livepatches.apply('proc-version-cumulative');
  expect(await kernelVersion(vm)).toContain('(all patches replaced)');
  const states = Object.fromEntries(
    (await vm.api.livepatches.list()).map(({ name, state }) => [name, state]),
  );
  expect(states).toMatchObject(Object.fromEntries(stack.map((name) => [name, 'disabled'])));
  await vm.api.livepatches.revert('proc-version-cumulative');
  expect(await kernelVersion(vm)).not.toMatch(/patch \d|replaced/);
  await expectHealthyKernel(vm);
});

test('one command at a time, others are refused', async ({ vm, repository }) => {
  const { livepatches } = vm.api;
  const goOn = deferred();
  const restore = repository.service.inject(/timestamp/, faults.stalledAfter(0, goOn.promise));
  await livepatches.start('apply', 'proc-version');
  for (const command of ['apply', 'revert'] as const) {
    await expect(livepatches.start(command, 'stacked-1')).rejects.toMatchObject({ status: 423 });
  }
  restore();
  goOn.resolve(undefined);
  await livepatches.waitFor('proc-version', 'applied');
  expect(await kernelVersion(vm)).toContain(PATCHED);
  await expectHealthyKernel(vm);
});
