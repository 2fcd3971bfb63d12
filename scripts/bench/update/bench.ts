import type { Image } from '../../../harness/image/open.ts';
import { describeHost } from '../../../harness/report/host.ts';
import { describeTarget } from '../../../harness/report/target.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import type { BenchOptions, BenchOutcome } from '../bench.ts';
import { measureBoot } from '../boot/measure.ts';
import { measureUpdate, type UpdateSample } from './measure.ts';
import { renderUpdate } from './render.ts';
import { summarizeUpdates } from './result.ts';

/** Whole updates and their baseline, interleaved, so that a change of the host's load affects both. */
export async function updateBench(
  image: Image,
  { runs, signal, progress, nextImage }: BenchOptions,
): Promise<BenchOutcome> {
  const plainBytes = slotBytes(image);
  const next = await nextImage();
  const target = await describeTarget(image);
  const updates: UpdateSample[] = [];
  const boots: { totalMs: number }[] = [];
  for (let run = 1; run <= runs; run += 1) {
    updates.push(await measureUpdate(image, next, plainBytes, signal));
    boots.push(await measureBoot(image, signal));
    progress(`run ${run}/${runs}: update ${Number(updates.at(-1)?.totalMs).toFixed(0)} ms`);
  }
  const result = { bench: 'update', host: describeHost(), target, ...summarizeUpdates(updates, boots) };
  return { result, text: renderUpdate(target, result) };
}

/** What an update writes, if it writes nothing twice. */
function slotBytes({ path, manifest, capabilities }: Image): number {
  const update = manifest?.update;
  if (update === undefined || !capabilities.has('bench-service') || !capabilities.has('updates')) {
    throw new UsageError(
      `${path} can't be measured: it needs updates, and a bench service for their baseline.`,
      {
        hint: 'Measure the variant metal-dev, or give an image that lists the capabilities updates and bench-service.',
      },
    );
  }
  const { boot, root, hash } = update;
  return boot.sizeBytes + root.sizeBytes + hash.sizeBytes;
}
