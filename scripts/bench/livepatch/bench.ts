import type { Image } from '../../../harness/image/open.ts';
import { describeHost } from '../../../harness/report/host.ts';
import { describeTarget } from '../../../harness/report/target.ts';
import { readLayout } from '../../../harness/services/oci/read-layout.ts';
import { serveRegistry } from '../../../harness/services/registry/registry.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { offerNamed } from '../../vm/livepatches.ts';
import type { BenchOptions, BenchOutcome } from '../bench.ts';
import { measureLivepatch, PATCH, type LivepatchSample } from './measure.ts';
import { renderLivepatch } from './render.ts';
import { summarizeLivepatches } from './result.ts';

/** Live patches, and the update with its reboot that would do the same, in the same machines. */
export async function livepatchBench(
  image: Image,
  { runs, signal, progress, nextImage, imagePath, workloads }: BenchOptions,
): Promise<BenchOutcome> {
  if (!image.capabilities.has('livepatch')) {
    throw new UsageError(`${image.path} can't be measured: it takes no live patches.`, {
      hint: 'Measure a variant of this tree, or give an image that lists the capability livepatch.',
    });
  }
  const next = await nextImage();
  const offered = { image, given: imagePath, updates: [next], signal };
  await using repository = await offerNamed([PATCH], offered);
  await using registry = await serveRegistry(await readLayout(await workloads()));
  const target = await describeTarget(image);
  const samples: LivepatchSample[] = [];
  for (let run = 1; run <= runs; run += 1) {
    samples.push(await measureLivepatch(image, next, [repository, registry], signal));
    progress(`run ${run}/${runs}: live patch ${Number(samples.at(-1)?.applyMs[0]).toFixed(0)} ms`);
  }
  const result = { bench: 'livepatch', host: describeHost(), target, ...summarizeLivepatches(samples) };
  return { result, text: renderLivepatch(target, result) };
}
