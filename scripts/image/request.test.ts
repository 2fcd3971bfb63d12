import { expect, test } from 'vitest';

import { ARCHITECTURES, hostArchitecture } from '../../harness/util/architecture.ts';
import { UsageError } from '../../harness/util/errors.ts';
import { DEFAULT_VARIANT, listVariants } from '../../images/builder/config/variant.ts';
import { parseCommandLine } from '../cli/command.ts';
import { IMAGE_COMMAND, parseImageRequest } from './request.ts';
import { listOfVariants } from './variants.ts';

function request(...args: string[]) {
  return parseImageRequest(parseCommandLine(IMAGE_COMMAND, args).flags);
}

test('an image of the default variant is built when nothing is chosen', () => {
  expect(request()).toMatchObject({
    ...{ kind: 'image', variant: 'metal-containerd', osVersion: undefined, kernelBuild: undefined },
    options: { arch: hostArchitecture(), rebuild: false },
  });
});

test('a live patch is built for the kernel of a variant and architecture', () => {
  expect(
    request('--livepatch', 'mine', '--arch', 'aarch64', '--variant', 'metal-dev', '--json'),
  ).toMatchObject({
    ...{ kind: 'livepatch', name: 'mine', variant: 'metal-dev' },
    options: { arch: 'aarch64' },
  });
});

test("a kernel's build number is chosen", () => {
  expect(request('--kernel-build', '2')).toMatchObject({ kind: 'image', kernelBuild: 2 });
  expect(() => request('--kernel-build', '0')).toThrow(/--kernel-build 0 is no number of a build/);
});

test('debug information is of a kernel, not of a variant', () => {
  expect(request('--symbols', '--arch', 'aarch64', '--kernel-build', '2')).toMatchObject({
    ...{ kind: 'symbols', kernelBuild: 2 },
    options: { arch: 'aarch64' },
  });
});

test('a list takes no part of a build', () => {
  expect(request('--list', '--json')).toEqual({ kind: 'list' });
  expect(request('--list-livepatches')).toEqual({ kind: 'list-livepatches' });
});

test('the list of variants has every one of them, on a line each or as JSON', async () => {
  const names = await listVariants();
  const lines = (await listOfVariants(false)).trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ', 1)[0])).toEqual(names);
  const { variants } = JSON.parse(await listOfVariants(true)) as { variants: { name: string }[] };
  expect(variants.map(({ name }) => name)).toEqual(names);
  expect(variants.find(({ name }) => name === DEFAULT_VARIANT)).toMatchObject({
    ...{ platform: 'metal', runtime: 'containerd', flavor: null, default: true },
    ...{ architectures: ARCHITECTURES, capabilities: expect.arrayContaining(['cri', 'updates']) as unknown },
  });
});

test.each([
  [['--example', 'debian', '--livepatch', 'mine'], '--example and --livepatch'],
  [['--example', 'debian', '--variant', 'metal-dev'], '--example and --variant'],
  [['--example', 'debian', '--os-version', '1.2.3'], '--example and --os-version'],
  [['--livepatch', 'mine', '--os-version', '1.2.3'], '--livepatch and --os-version'],
  [['--livepatch', 'mine', '--kernel-build', '2'], '--livepatch and --kernel-build'],
  [['--livepatch', 'mine', '--rebuild'], '--livepatch and --rebuild'],
  [['--livepatch', 'mine', '--list'], '--livepatch and --list'],
  [['--symbols', '--variant', 'metal-dev'], '--symbols and --variant'],
  [['--list', '--arch', 'aarch64'], '--list and --arch'],
  [['--list', '--list-livepatches'], '--list and --list-livepatches'],
  [['--list-livepatches', '--variant', 'metal-dev'], '--list-livepatches and --variant'],
])('what excludes each other is refused: %j', (args, named) => {
  expect(() => request(...args)).toThrow(UsageError);
  expect(() => request(...args)).toThrow(`${named} exclude each other`);
});

test.each(['0', '-1', 'two'])('"%s" is no number of compilers', (jobs) => {
  expect(() => request(`--jobs=${jobs}`)).toThrow(/is no number of compilers/);
});
