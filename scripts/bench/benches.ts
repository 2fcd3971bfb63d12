import type { Image } from '../../harness/image/open.ts';
import { DEFAULT_VARIANT } from '../../images/builder/config/variant.ts';
import { apiBench } from './api/bench.ts';
import { bootBench } from './boot/bench.ts';
import { forkBench } from './fork/bench.ts';
import { updateBench } from './update/bench.ts';

export const BENCH_NAMES = ['boot', 'api', 'fork', 'update'] as const;
export type BenchName = (typeof BENCH_NAMES)[number];

export interface BenchOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Another version of the image. */
  readonly nextImage: () => Promise<Image>;
  /** One line of progress. */
  readonly progress: (line: string) => void;
}

/** The same, as plain data for machines and as text for people. */
export interface BenchOutcome {
  readonly result: object;
  readonly text: string;
}

export interface Bench {
  readonly defaultVariant: string;
  readonly run: (image: Image, options: BenchOptions) => Promise<BenchOutcome>;
}

export const BENCHES: Readonly<Record<BenchName, Bench>> = {
  boot: { defaultVariant: DEFAULT_VARIANT, run: bootBench },
  fork: { defaultVariant: DEFAULT_VARIANT, run: forkBench },
  // The variant with a service of its own to measure against.
  api: { defaultVariant: 'metal-dev', run: apiBench },
  update: { defaultVariant: 'metal-dev', run: updateBench },
};
