import type { Image } from '../../../harness/image/open.ts';
import { describeHost } from '../../../harness/report/host.ts';
import { describeTarget } from '../../../harness/report/target.ts';
import type { BenchOptions, BenchOutcome } from '../bench.ts';
import { floorOf } from './floor.ts';
import { measureBoot, measureFloor, type BootSample, type FloorSample } from './measure.ts';
import { renderBoot } from './render.ts';
import { summarizeBoots } from './result.ts';

/** Cold boots and their floor, turn by turn, so that a change of the host's load meets both. */
export async function bootBench(image: Image, { runs, signal, tell }: BenchOptions): Promise<BenchOutcome> {
  // Tells of a missing floor before minutes of boots.
  floorOf(image);
  const target = await describeTarget(image);
  const floors: FloorSample[] = [];
  const boots: BootSample[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const floor = await measureFloor(image, signal);
    floors.push(floor);
    tell(`floor ${run}/${runs}: ${floor.totalMs.toFixed(0)} ms`);
    const boot = await measureBoot(image, signal);
    boots.push(boot);
    tell(`boot ${run}/${runs}: ${boot.totalMs.toFixed(0)} ms`);
  }
  const result = { bench: 'boot', host: describeHost(), target, ...summarizeBoots(boots, floors) };
  return { result, text: renderBoot(target, result) };
}
