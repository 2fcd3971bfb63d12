import { expect, livepatchFlaws, livepatchSuite, publish, withLivepatches } from '../../harness/index.ts';
import type { Livepatch, Livepatches, Offer, Vm } from '../../harness/index.ts';
import { expectHealthyKernel, kernelVersion } from './support/kernel.ts';

const test = livepatchSuite();

const SIGNATURE = /the kernel refused it: its signature was refused/;

/** What is wrong with a patch, and the reason that the machine gives. Its metadata is well signed in each case. */
const FLAWED: readonly (readonly [
  flaw: string,
  make: (patches: Livepatches) => Livepatch,
  reason: RegExp,
])[] = [
  ['is not signed', (patches) => livepatchFlaws.unsigned(good(patches)), SIGNATURE],
  ['is signed by another key', (patches) => patches.flawed('other-key'), SIGNATURE],
  [
    'was altered by one byte',
    (patches) => livepatchFlaws.altered(good(patches), alterable(patches)),
    SIGNATURE,
  ],
  ['is for another build of the kernel', otherBuild, /its kernel_build_id is "[0-9a-f]{40}", expected/],
  [
    'is another kind of module',
    (patches) => patches.flawed('no-mark'),
    /a kernel module, but not a live patch/,
  ],
  [
    'is cut off',
    (patches) => livepatchFlaws.truncated(good(patches)),
    /not a kernel module|cannot be read|signature/,
  ],
  ['is no module', (patches) => livepatchFlaws.notAModule(good(patches)), /it is not a kernel module/],
  [
    'is another patch',
    (patches) => livepatchFlaws.misnamed(good(patches), 'other'),
    /its name is "proc_version"/,
  ],
];

test.for(FLAWED)('refuses a patch that %s', async ([, make, reason], { vm, livepatches, repository }) => {
  const patch = make(livepatches);
  const { name } = patch.metadata;
  replacePatches(repository, [patch]);
  const { most_recent_command: command } = await vm.api.livepatches.run('apply', name);
  expect(command).toMatchObject({ cmd_status: 'Failed' });
  expect(command?.stderr).toMatch(reason);
  expect(await vm.api.livepatches.waitFor(name, 'refused')).toMatchObject({ reason: command?.stderr });
  await expectUnpatched(vm);

  replacePatches(repository, [good(livepatches)]);
  await vm.api.livepatches.apply('proc-version');
  await expectHealthyKernel(vm);
});

test('a patch that is honestly for another kernel is not offered', async ({
  vm,
  livepatches,
  repository,
}) => {
  replacePatches(repository, [livepatches.flawed('other-build')]);
  const { livepatches: listed } = await vm.api.livepatches.succeed('refresh');
  expect(listed).toEqual([]);
});

test('a withdrawn patch is not applied from an older publication', async ({
  vm,
  livepatches,
  repository,
}) => {
  const { service } = repository;
  const offered = withLivepatches([good(livepatches)])(repository.repository);
  service.files = publish(offered);
  await vm.api.livepatches.succeed('refresh');
  service.files = publish(withLivepatches([])(offered));
  const withdrawn = await vm.api.livepatches.run('apply', 'proc-version');
  expect(withdrawn.most_recent_command?.stderr).toMatch(/the repository has no live patch proc-version/);

  service.files = publish(offered);
  const replayed = await vm.api.livepatches.run('apply', 'proc-version');
  expect(replayed.most_recent_command?.stderr).toMatch(/previously fetched version/);
  await expectUnpatched(vm);
});

test('requests that make no sense are refused', async ({ vm }) => {
  const { api } = vm;
  const refusals = [
    ['apply-livepatch', undefined, 400],
    ['apply-livepatch', '../x', 400],
    ['apply-livepatch', 'a b', 400],
    ['revert-livepatch', 'proc-version', 404],
  ] as const;
  for (const [action, name, status] of refusals) {
    const answer = await api.request({ method: 'POST', path: `/actions/${action}`, query: { name } });
    expect(answer, answer.text).toMatchObject({ status });
  }
  await expectUnpatched(vm);
});

let published = 0;

/** Its publisher says that it is for this build. */
function otherBuild(patches: Livepatches): Livepatch {
  return { metadata: good(patches).metadata, content: patches.flawed('other-build').content };
}

/** Each time a newer version: machines take no older one. */
function replacePatches({ service, repository }: Offer, patches: readonly Livepatch[]): void {
  published += 1;
  let next = repository;
  for (let count = 0; count < published; count += 1) next = withLivepatches(patches)(next);
  service.files = publish(next);
}

function good(patches: Livepatches): Livepatch {
  return patches.named('proc-version');
}

/** A byte that only the signature protects: in the text that describes the patch. */
function alterable(patches: Livepatches): number {
  return good(patches).content.indexOf('description=') + 'description='.length;
}

async function expectUnpatched(vm: Vm): Promise<void> {
  expect(await kernelVersion(vm)).not.toContain('patched');
  await expectHealthyKernel(vm);
}
