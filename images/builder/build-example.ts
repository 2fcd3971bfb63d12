import { join } from 'node:path';

import { readExample } from './example/example.ts';
import { EXAMPLE_DISK, exampleDiskStep } from './steps/example-disk.ts';
import { exampleRootStep } from './steps/example-root.ts';
import { packagesStep } from './steps/packages.ts';
import { programsStep } from './steps/programs.ts';
import { openWorkshop, type BuildOptions } from './workshop.ts';

export interface ExampleRequest extends BuildOptions {
  /** A name that `listExamples` gives, such as debian or debian-silent. */
  readonly example: string;
}

export interface BuiltExample {
  /** Absolute path of a qcow2 disk. It is an entry of the cache: boot it through an overlay. */
  readonly disk: string;
}

/**
 * Builds a disk with an operating system that is not Hotfire's, or finds it in the cache.
 *
 * @throws {UsageError} for an unknown example or a wrong data file; {InfrastructureError} when the host lacks a tool or room,
 * or the mirror does not answer; {CommandError} when a tool fails.
 */
export async function buildExample(request: ExampleRequest): Promise<BuiltExample> {
  const example = await readExample(request.example, request.arch);
  const { target, host, jobs, mirror, cache, sdk } = await openWorkshop(request);
  const packages = await cache.obtain(
    await packagesStep(example.packages, target, sdk, { suite: example.suite }, mirror),
  );
  const programs =
    example.programs.length === 0
      ? undefined
      : await cache.obtain(await programsStep(target, host, sdk, cache.root, jobs));
  const root = await cache.obtain(await exampleRootStep(example, target, { sdk, packages, programs }));
  const disk = await cache.obtain(await exampleDiskStep(request.example, example, target, { sdk, root }));
  return { disk: join(disk.directory, EXAMPLE_DISK) };
}
