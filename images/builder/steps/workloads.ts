import { createCipheriv } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { imageOf, type ContainerImage } from '../../../harness/services/oci/image.ts';
import { layerOf, type Layer } from '../../../harness/services/oci/layer.ts';
import { writeLayout } from '../../../harness/services/oci/layout.ts';
import { crossCompilePrefix, type BuildTarget } from '../architectures.ts';
import { digestOfCode, digestOfTree } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import { WORKLOAD, WORKLOAD_IMAGES, type WorkloadImage } from '../config/workload-images.ts';
import { cargoOptions, copySources, digestOfSources } from '../sdk/cargo.ts';
import { Sdk } from '../sdk/run.ts';

export const WORKLOADS_DIRECTORY = join(import.meta.dirname, '../../workloads');
/** Where the code that makes images is; see digestOfTree. */
const OCI_DIRECTORY = join(import.meta.dirname, '../../../harness/services/oci');

const SPACE_BYTES = 1024 ** 3;

/** Images of containers for the suites, as an OCI layout: the program of images/workloads, with each of its uses. */
export async function workloadsStep(
  target: BuildTarget,
  host: BuildTarget,
  sdk: Entry,
  cacheRoot: string,
): Promise<Step> {
  const sources = await digestOfSources(WORKLOADS_DIRECTORY);
  const triple = target.rust.system;
  return {
    name: `workloads ${target.debian}`,
    inputs: {
      code: await digestOfCode('steps/workloads.ts', 'config/workload-images.ts', 'sdk/cargo.ts'),
      layout: await digestOfTree(OCI_DIRECTORY, (path) => !path.endsWith('.test.ts')),
      sources,
      target: triple,
      sdk: sdk.identity,
    },
    spaceBytes: SPACE_BYTES,
    build: (output, context) =>
      useWorkDirectory(
        cacheRoot,
        { name: `workloads-${target.debian}`, afterKill: 'keep' },
        context,
        async (work) => {
          await copySources(WORKLOADS_DIRECTORY, work, sources);
          const options = cargoOptions(work, context);
          const linker = `CARGO_TARGET_${triple.replaceAll('-', '_').toUpperCase()}_LINKER`;
          await Sdk.of(sdk).run(['cargo', 'build', '--release', '--locked', '--target', triple], {
            ...options,
            what: 'cargo, which builds the program of the workloads,',
            env: { ...options.env, [linker]: `${crossCompilePrefix(target, host)}gcc` },
          });
          context.note('images');
          const program = await readFile(join(work, 'target', triple, 'release/workload'));
          await writeLayout(output, await imagesOf(program, target));
        },
      ),
  };
}

async function imagesOf(program: Buffer, target: BuildTarget): Promise<Map<string, ContainerImage>> {
  const layer = await programLayer(program);
  const images = new Map<string, ContainerImage>();
  for (const wanted of WORKLOAD_IMAGES) images.set(wanted.name, await workloadImage(wanted, layer, target));
  return images;
}

async function workloadImage(
  { entrypoint, arguments: Cmd = [], ballastBytes = [] }: WorkloadImage,
  program: Layer,
  target: BuildTarget,
): Promise<ContainerImage> {
  const ballast = await Promise.all(ballastBytes.map(ballastLayer));
  return imageOf({
    platform: { os: 'linux', architecture: target.go },
    layers: [...ballast, program],
    config: { Entrypoint: entrypoint, Cmd, Env: ['PATH=/'], WorkingDir: '/' },
  });
}

/** The directories are those that a runtime mounts something on, so that the root can be read-only. */
function programLayer(program: Buffer): Promise<Layer> {
  const directories = ['dev', 'etc', 'proc', 'run', 'sys'].map((name) => ({
    name,
    type: 'directory' as const,
  }));
  return layerOf([
    ...directories,
    { name: 'tmp', type: 'directory', mode: 0o1777 },
    { name: WORKLOAD.slice(1), type: 'file', mode: 0o755, content: program },
  ]);
}

/** Bytes that can't be compressed, the same in each build. */
function ballastLayer(bytes: number, index: number): Promise<Layer> {
  const random = createCipheriv('aes-128-ctr', Buffer.alloc(16, index), Buffer.alloc(16));
  return layerOf([{ name: `ballast-${index}`, type: 'file', content: random.update(Buffer.alloc(bytes)) }]);
}
