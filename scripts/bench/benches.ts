import { DEFAULT_VARIANT } from '../../images/builder/config/variant.ts';
import { apiBench } from './api/bench.ts';
import type { Bench } from './bench.ts';
import { bootBench } from './boot/bench.ts';
import { containersBench } from './containers/bench.ts';
import { forkBench } from './fork/bench.ts';
import { livepatchBench } from './livepatch/bench.ts';
import { updateBench } from './update/bench.ts';

export const BENCH_NAMES = ['boot', 'api', 'fork', 'update', 'livepatch', 'containers'] as const;
export type BenchName = (typeof BENCH_NAMES)[number];

export const BENCHES: Readonly<Record<BenchName, Bench>> = {
  boot: { defaultVariant: DEFAULT_VARIANT, run: bootBench },
  containers: { defaultVariant: DEFAULT_VARIANT, run: containersBench },
  fork: { defaultVariant: DEFAULT_VARIANT, run: forkBench },
  // The variant with a service of its own to measure against.
  api: { defaultVariant: 'metal-dev', run: apiBench },
  update: { defaultVariant: 'metal-dev', run: updateBench },
  livepatch: { defaultVariant: DEFAULT_VARIANT, run: livepatchBench },
};
