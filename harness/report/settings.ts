import type { Accelerator } from '../qemu/argv/options.ts';
import type { Architecture } from '../util/architecture.ts';

/** What a worker has to know about the run; plain data, since it crosses a process border. */
export interface RunSettings {
  readonly target: string;
  readonly arch: Architecture;
  /** Null when the run needs no image, which is so in the tests of the harness itself. */
  readonly imagePath: string | null;
  /** Another version of the image, for suites that update to it; null when there is none. */
  readonly nextImagePath: string | null;
  /** An OCI layout with the images of containers for suites that run some; null when none of them does. */
  readonly workloadsPath: string | null;
  /** Descriptions of live patches for its kernel; null when none were built. */
  readonly livepatchPaths: readonly string[] | null;
  /** The name of a shipped OS profile or the path of a file; null when the image decides. */
  readonly profile: string | null;
  /** What the main process found to work; null without an image. */
  readonly accelerator: Accelerator | null;
  readonly suitesDirectory: string;
  readonly reportDirectory: string;
  /** Of every machine's first disk; null for the image's own size. */
  readonly diskSizeBytes: number | null;
  /** From 1; greater with --repeat. */
  readonly repetition: number;
  readonly keepVm: boolean;
  /** The memory of a failed test's machines goes into the report. */
  readonly keepMemory: boolean;
  readonly debug: boolean;
  /** The machines of a test that failed run on until the user lets them go. */
  readonly hold: boolean;
  readonly exhaustive: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    hotfire: RunSettings;
  }
}
