import type { Events } from '../../harness/util/events.ts';
import { buildExample } from '../../images/builder/build-example.ts';
import { buildKernelSymbols } from '../../images/builder/build-kernel-symbols.ts';
import { buildImage } from '../../images/builder/build.ts';
import type { BuildEvents } from '../../images/builder/cache/events.ts';
import { buildLivepatch } from './livepatches.ts';
import type { BuildRequest } from './request.ts';

export interface Built {
  /** For --json. */
  readonly result: object;
  /** For people. */
  readonly text: string;
}

/** @throws what `buildImage`, `buildExample`, `buildKernelSymbols` and `buildLivepatches` throw. */
export async function build(
  request: BuildRequest,
  events: Events<BuildEvents>,
  signal: AbortSignal,
): Promise<Built> {
  const options = { ...request.options, events, signal };
  switch (request.kind) {
    case 'image': {
      const { variant, osVersion, kernelBuild } = request;
      const image = await buildImage({ ...options, variant, osVersion, kernelBuild });
      return { result: image, text: image.manifest };
    }
    case 'example': {
      const example = await buildExample({ ...options, example: request.example });
      return { result: example, text: example.disk };
    }
    case 'symbols': {
      const symbols = await buildKernelSymbols({ ...options, kernelBuild: request.kernelBuild });
      return { result: symbols, text: symbols.vmlinux };
    }
    case 'livepatch':
      return buildLivepatch(request, options);
  }
}
