import type { TargetRecord } from '../../../harness/report/schema.ts';
import type { Architecture } from '../../../harness/util/architecture.ts';

/** An image that is ready to be tested, on a host that can boot it. */
export interface TestTarget {
  /** Unique within the run, for example "metal-containerd/x86_64". */
  readonly name: string;
  readonly arch: Architecture;
  /** Null when the suites need no image, which is so in the tests of the runner itself. */
  readonly imagePath: string | null;
  /** Another version of the image, for suites that update to it; null when none of them runs, or none is known. */
  readonly nextImagePath: string | null;
  /** See `RunSettings.workloadsPath`. */
  readonly workloadsPath: string | null;
  /** Descriptions of live patches for its kernel; null when no suite asks for them, or they can't be built for it. */
  readonly livepatchPaths: readonly string[] | null;
  /** What was asked for with --profile; null when the image decides. */
  readonly profile: string | null;
  /** The flags that choose this image again, in `npm test` and `npm run vm`. */
  readonly imageFlags: string;
  /** Those of `npm test` alone. */
  readonly testFlags: string;
  /** Null when there is no machine behind it. */
  readonly provenance: TargetRecord | null;
}
