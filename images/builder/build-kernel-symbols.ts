import { join } from 'node:path';

import { VMLINUX } from '../../harness/image/symbols/kernel-symbols.ts';
import { findKernel } from './kernel/find.ts';
import { kernelSourceStep } from './kernel/source-step.ts';
import { kernelSymbolsStep } from './kernel/symbols-step.ts';
import { openWorkshop, type BuildOptions } from './workshop.ts';

export interface KernelSymbolsRequest extends BuildOptions {
  /** Build number of the kernel; default: the first. */
  readonly kernelBuild?: number | undefined;
}

export interface BuiltSymbols {
  /** Absolute path of the kernel with its debug information. */
  readonly vmlinux: string;
}

/**
 * Builds the debug information for the kernel of the images that this tree builds, all variants of which have the same; or
 * finds it in the cache. The kernel itself is never built.
 *
 * @throws {UsageError} when the cache has lost the kernel; {InfrastructureError} when the host lacks a tool or room;
 * {CommandError} when it does not compile; {ImageError} when the result does not fit the kernel.
 */
export async function buildKernelSymbols(request: KernelSymbolsRequest): Promise<BuiltSymbols> {
  const { arch, kernelBuild } = request;
  const workshop = await openWorkshop(request);
  const { cache, sdk, host, jobs } = workshop;
  const source = await cache.obtain(kernelSourceStep(sdk));
  const { build, ...from } = await findKernel(arch, workshop, source, kernelBuild);
  const step = await kernelSymbolsStep(arch, host, from, build, cache.root, jobs);
  return { vmlinux: join((await cache.obtain(step)).directory, VMLINUX) };
}
