import type { Image } from '../../harness/image/open.ts';

export interface BenchOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Another version of the image. */
  readonly nextImage: () => Promise<Image>;
  /** The directory of images of containers. */
  readonly workloads: () => Promise<string>;
  /** The image's file, if it was given and not built. */
  readonly imagePath: string | undefined;
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
