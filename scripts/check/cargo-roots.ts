import { BUILD_TARGETS } from '../../images/builder/architectures.ts';

/** A directory of images in which cargo runs: a workspace, or a crate apart from it. */
interface CargoRoot {
  readonly directory: string;
  /** Triples; of none, the host's. */
  readonly targets: readonly string[];
  readonly hasTests: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

export const CARGO_ROOTS: readonly CargoRoot[] = [
  { directory: 'os', targets: [], hasTests: true, environment: {} },
  { directory: 'os/bench/floor-init', targets: [], hasTests: true, environment: {} },
  { directory: 'workloads', targets: [], hasTests: true, environment: {} },
  // An EFI program can't be run here; `slot-table`, which decides for it, has the tests.
  {
    directory: 'os/crates/slot-loader',
    targets: Object.values(BUILD_TARGETS).map(({ rust }) => rust.efi),
    hasTests: false,
    environment: {
      // As for its build; what is compiled without it has a directory apart, or each would undo the other's work.
      RUSTC_BOOTSTRAP: '1',
      CARGO_TARGET_DIR: '/hotfire/work/target-efi',
    },
  },
];

export interface CargoCommand {
  readonly directory: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What each gate runs, by its name. */
export const CARGO_GATES: Readonly<Record<string, readonly CargoCommand[]>> = {
  'rust format': CARGO_ROOTS.map((root) => ({ ...root, argv: ['cargo', 'fmt', '--check'] })),
  'rust lint': CARGO_ROOTS.flatMap((root) =>
    (root.targets.length === 0 ? [[]] : root.targets.map((target) => ['--target', target])).map((target) => ({
      ...root,
      argv: ['cargo', 'clippy', '--locked', '--quiet', '--all-targets', ...target, '--', '--deny=warnings'],
    })),
  ),
  'rust tests': CARGO_ROOTS.filter(({ hasTests }) => hasTests).map((root) => ({
    ...root,
    argv: ['cargo', 'test', '--locked', '--quiet', '--no-fail-fast'],
  })),
};
