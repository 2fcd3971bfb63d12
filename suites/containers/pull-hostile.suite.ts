import { containerSuite, expect, imageOf, layerOf, multiPlatform, platformOf } from '../../harness/index.ts';
import type { ContainerImage, LayerEntry, Vm } from '../../harness/index.ts';
import { named } from '../support/workload.ts';
import { refuses, tags } from './support/pulls.ts';

const test = containerSuite();

const ELSEWHERE = { os: 'linux', architecture: 's390x' };
const ESCAPED = 'hotfire-escaped';
/** More than any directory is deep in which a runtime unpacks layers. */
const UP = '../'.repeat(16);
/** What a machine can be written to at all. */
const WRITABLE = ['/etc', '/run', '/tmp', '/var', '/var/lib'];

test('an image for another architecture is refused', async ({ vm, registry, workloads }) => {
  const counter = workloadOf(workloads, 'counter:1');
  const index = multiPlatform([{ image: counter, platform: ELSEWHERE }]);
  registry.publish(new Map([...workloads, ['elsewhere:1', index]]));
  await refuses(vm, named('elsewhere:1'), /no match for platform/);
  const here = multiPlatform([
    { image: imageOf({ platform: ELSEWHERE, layers: [], config: {} }), platform: ELSEWHERE },
    { image: counter, platform: await platformOf(counter) },
  ]);
  registry.publish(new Map([...workloads, ['both:1', here]]));
  await vm.cri.pull(named('both:1'));
  expect(await tags(vm)).toEqual([named('both:1')]);
});

test('an image whose layer is no archive is refused', async ({ vm, registry, workloads }) => {
  const platform = await platformOf(workloadOf(workloads, 'counter:1'));
  const { blob } = await layerOf([{ name: 'a', type: 'file', content: Buffer.from('a') }]);
  const broken = imageOf({ platform, layers: [{ blob, diffId: `sha256:${'1'.repeat(64)}` }], config: {} });
  registry.publish(new Map([...workloads, ['broken:1', broken]]));
  await refuses(vm, named('broken:1'), /wrong diff id/);
});

test('no layer writes outside of its image', async ({ vm, registry, workloads }) => {
  const platform = await platformOf(workloadOf(workloads, 'counter:1'));
  const hostile = new Map(workloads);
  for (const [index, entries] of waysOut().entries()) {
    const image = imageOf({ platform, layers: [await layerOf(entries)], config: {} });
    hostile.set(`hostile-${index}:1`, image);
  }
  registry.publish(hostile);
  for (const name of [...hostile.keys()].filter((one) => one.startsWith('hostile')))
    // Refused or kept inside: either is good.
    await vm.cri.pull(named(name)).catch(() => undefined);
  expect(await hostFiles(vm)).not.toContain(ESCAPED);
});

/** Each ends in a file that is called so, if a runtime follows it. */
function waysOut(): LayerEntry[][] {
  const content = Buffer.from('out');
  return WRITABLE.flatMap((directory): LayerEntry[][] => [
    [{ name: `${UP}${directory.slice(1)}/${ESCAPED}`, type: 'file', content }],
    [{ name: `${directory}/${ESCAPED}`, type: 'file', content }],
    [
      { name: 'out', type: 'symlink', target: directory },
      { name: `out/${ESCAPED}`, type: 'file', content },
    ],
    [
      { name: 'out', type: 'symlink', target: `${UP}${directory.slice(1)}` },
      { name: `out/${ESCAPED}`, type: 'file', content },
    ],
    [
      { name: 'in', type: 'file', content },
      { name: `${UP}${directory.slice(1)}/${ESCAPED}`, type: 'link', target: 'in' },
    ],
  ]);
}

/** The names in the directories of the machine in which something can be written, as a container sees them. */
async function hostFiles(vm: Vm): Promise<string[]> {
  const image = named('workload:1');
  await vm.cri.pull(image);
  const pod = await vm.cri.runPod({ name: 'looker' });
  const mounts = WRITABLE.map((hostPath) => ({
    hostPath,
    containerPath: `/host${hostPath}`,
    readonly: true,
  }));
  const container = await vm.cri.createContainer(pod, { name: 'looker', image, mounts });
  await vm.cri.start(container);
  const seen = await vm.cri.exec(container, [
    '/workload',
    'ls',
    ...mounts.map((mount) => mount.containerPath),
  ]);
  expect(seen).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('os-release') as string });
  return seen.stdout.split('\n');
}

function workloadOf(workloads: ReadonlyMap<string, ContainerImage>, name: string): ContainerImage {
  const image = workloads.get(name);
  if (image === undefined) throw new Error(`There is no workload ${name}.`);
  return image;
}
