import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { crossCompilePrefix, type BuildTarget } from '../architectures.ts';
import { digestOfCode, digestOfTree } from '../cache/digest.ts';
import type { Entry, Step, StepContext } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import { cargoOptions, copySources, digestOfSources } from '../sdk/cargo.ts';
import { Sdk, type SdkRunOptions } from '../sdk/run.ts';

export const OS_DIRECTORY = join(import.meta.dirname, '../../os');

const SPACE_BYTES = 2 * 1024 ** 3;

/**
 * Sparkler's own programs: those of the system in `bin/`, those that people call by name in `commands/`, those that only
 * benchmarks need in `bench/`, `floor-init`, the slot loader as `slot-loader.efi`; their `digest`.
 */
export async function programsStep(
  target: BuildTarget,
  host: BuildTarget,
  sdk: Entry,
  cacheRoot: string,
  jobs: number,
): Promise<Step> {
  const sources = await digestOfSources(OS_DIRECTORY);
  return {
    name: `programs ${target.debian}`,
    inputs: {
      code: await digestOfCode('steps/programs.ts', 'sdk/cargo.ts', 'cache/sync-tree.ts'),
      sources,
      target: target.rust.system,
      sdk: sdk.identity,
    },
    // A change of a test or a comment gives the same programs, and then no later step is repeated.
    identityFile: 'digest',
    spaceBytes: SPACE_BYTES,
    build: (output, context) =>
      useWorkDirectory(
        cacheRoot,
        { name: `programs-${target.debian}`, afterKill: 'keep' },
        context,
        async (work) => {
          await copySources(OS_DIRECTORY, work, sources);
          const cargo = new Cargo(sdk, target, host, work, jobs, context);
          await cargo.buildSystem(output);
          await cargo.buildFloorInit(output);
          await cargo.buildSlotLoader(output);
          await writeFile(join(output, 'digest'), await digestOfTree(output));
        },
      ),
  };
}

/** What a crate asks for below `[package.metadata.sparkler]`. */
const wishesSchema = z.strictObject({
  /** Where it is installed; by default, where nobody looks for commands. */
  directory: z.literal('usr/bin').optional(),
  /** With its libraries in it, so that it runs in any root. */
  linking: z.literal('static').optional(),
});

const metadataSchema = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      manifest_path: z.string(),
      targets: z.array(z.object({ kind: z.array(z.string()), name: z.string() })),
      metadata: z.object({ sparkler: wishesSchema.default({}) }).nullable(),
    }),
  ),
});

interface Program {
  readonly name: string;
  readonly crate: string;
  /** In the step's output. */
  readonly directory: 'bin' | 'bench' | 'commands';
  readonly linking: 'static' | undefined;
}

/** Cargo's directory for each way of linking: libraries that were built for one are of no use for the other. */
const TARGET_DIRECTORIES = { dynamic: 'target', static: 'target-static' } as const;

class Cargo {
  readonly #sdk: Sdk;
  readonly #target: BuildTarget;
  readonly #work: string;
  readonly #jobs: number;
  readonly #options: SdkRunOptions;

  constructor(
    sdk: Entry,
    target: BuildTarget,
    host: BuildTarget,
    work: string,
    jobs: number,
    context: StepContext,
  ) {
    this.#sdk = Sdk.of(sdk);
    this.#target = target;
    this.#work = work;
    this.#jobs = jobs;
    const linker = `CARGO_TARGET_${target.rust.system.replaceAll('-', '_').toUpperCase()}_LINKER`;
    const options = cargoOptions(work, context);
    this.#options = {
      ...options,
      what: "cargo, which builds the system's programs,",
      env: { ...options.env, [linker]: `${crossCompilePrefix(target, host)}gcc` },
    };
  }

  async buildSystem(output: string): Promise<void> {
    const programs = await this.#programs();
    const fixed = programs.filter(({ linking }) => linking === 'static').map(({ crate }) => crate);
    const workspace = ['--workspace', ...fixed.flatMap((crate) => ['--exclude', crate])];
    await this.#build(workspace, "cargo, which builds the system's programs,");
    if (fixed.length > 0) await this.#buildStatic(fixed);
    for (const directory of ['bin', 'bench', 'commands']) await mkdir(join(output, directory));
    for (const { name, directory, linking } of programs) {
      const built = this.#built(this.#target.rust.system, name, linking);
      await copyFile(built, join(output, directory, name));
    }
  }

  async #buildStatic(crates: readonly string[]): Promise<void> {
    const flags = `CARGO_TARGET_${this.#target.rust.system.replaceAll('-', '_').toUpperCase()}_RUSTFLAGS`;
    const packages = crates.flatMap((crate) => ['--package', crate]);
    await this.#build(packages, 'cargo, which builds the static programs,', {
      [flags]: '-Ctarget-feature=+crt-static',
      CARGO_TARGET_DIR: `/hotfire/work/${TARGET_DIRECTORIES.static}`,
    });
  }

  async #build(packages: readonly string[], what: string, env: Record<string, string> = {}): Promise<void> {
    const build = ['build', '--release', '--locked', '--bins', '--target', this.#target.rust.system];
    await this.#sdk.run(['cargo', ...build, '--jobs', String(this.#jobs), ...packages], {
      ...this.#options,
      what,
      env: { ...this.#options.env, ...env },
    });
  }

  /** The target directory may hold programs of former sources, so the names come from the sources of now. */
  async #programs(): Promise<Program[]> {
    const metadata = 'cargo metadata --locked --no-deps --format-version 1 > /hotfire/work/metadata.json';
    await this.#sdk.run(['sh', '-c', metadata], this.#options);
    const { packages } = metadataSchema.parse(
      JSON.parse(await readFile(join(this.#work, 'metadata.json'), 'utf8')),
    );
    return packages.flatMap(({ name: crate, manifest_path, targets, metadata }) => {
      const { directory: installed, linking } = metadata?.sparkler ?? {};
      const bench = manifest_path.startsWith('/hotfire/os/bench/');
      const directory = bench ? 'bench' : installed === undefined ? 'bin' : 'commands';
      const binaries = targets.filter(({ kind }) => kind.includes('bin'));
      return binaries.map(({ name }) => ({ name, crate, directory, linking }) as const);
    });
  }

  async buildFloorInit(output: string): Promise<void> {
    const { system } = this.#target.rust;
    await this.#buildApart('bench/floor-init', system, 'cargo, which builds the init of the floor,');
    await copyFile(this.#built(system, 'floor-init'), join(output, 'floor-init'));
  }

  /** As images/os/crates/slot-loader/README.md says. */
  async buildSlotLoader(output: string): Promise<void> {
    const { efi } = this.#target.rust;
    // Only so does a stable cargo build `core` and `alloc` for a target without a standard library.
    const env = { RUSTC_BOOTSTRAP: '1' };
    await this.#buildApart('crates/slot-loader', efi, 'cargo, which builds the slot loader,', env);
    await copyFile(this.#built(efi, 'slot-loader.efi'), join(output, 'slot-loader.efi'));
  }

  /** Builds a crate outside of the workspace; its directory matters, cargo reads `.cargo/config.toml` there. */
  async #buildApart(crate: string, target: string, what: string, env: Record<string, string> = {}) {
    await this.#sdk.run(
      ['cargo', 'build', '--release', '--locked', '--target', target, '--jobs', String(this.#jobs)],
      {
        ...this.#options,
        what,
        directory: `/hotfire/os/${crate}`,
        env: { ...this.#options.env, ...env },
      },
    );
  }

  #built(target: string, name: string, linking: keyof typeof TARGET_DIRECTORIES = 'dynamic'): string {
    return join(this.#work, TARGET_DIRECTORIES[linking], target, 'release', name);
  }
}
