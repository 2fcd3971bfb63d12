import type { Image } from '../../../harness/image/open.ts';
import { describeHost } from '../../../harness/report/host.ts';
import { describeTarget } from '../../../harness/report/target.ts';
import type { BenchOptions, BenchOutcome } from '../bench.ts';
import { baselineOf } from './baseline.ts';
import { measureBoot, measureBaseline, type BootSample, type BaselineSample } from './measure.ts';
import { renderBoot } from './render.ts';
import { summarizeBoots } from './result.ts';

/** Cold boots and their baseline, interleaved, so that a change of the host's load affects both. */
export async function bootBench(
  image: Image,
  { runs, signal, progress }: BenchOptions,
): Promise<BenchOutcome> {
  // Fails for a missing baseline before minutes of boots.
  baselineOf(image);
  const target = await describeTarget(image);
  const baselines: BaselineSample[] = [];
  const boots: BootSample[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const baseline = await measureBaseline(image, signal);
    baselines.push(baseline);
    progress(`baseline ${run}/${runs}: ${baseline.totalMs.toFixed(0)} ms`);
    const boot = await measureBoot(image, signal);
    boots.push(boot);
    progress(`boot ${run}/${runs}: ${boot.totalMs.toFixed(0)} ms`);
  }
  const result = { bench: 'boot', host: describeHost(), target, ...summarizeBoots(boots, baselines) };
  return { result, text: renderBoot(target, result) };
}
