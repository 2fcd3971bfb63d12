import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { Architecture } from '../../../harness/util/architecture.ts';
import { crossCompilePrefix, BUILD_TARGETS, type BuildTarget } from '../architectures.ts';
import type { Entry, Step, StepContext } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import type { Release } from '../config/release.ts';
import { Sdk, type SdkRunOptions } from '../sdk/run.ts';
import { checkKernelConfig, readKernelConfig } from '../config/kernel.ts';

/** Raised with every change of this file that changes what it makes: a kernel takes ten minutes. */
const VERSION = 1;

const SPACE_BYTES = 3 * 1024 ** 3;

export interface KernelSources {
  readonly sdk: Entry;
  readonly source: Entry;
  readonly signingKey: Entry;
}

/**
 * The kernel as `vmlinuz`, with what live patches are later made from: System.map, vmlinux.symvers, config,
 * signing_key.x509; and its release in `kernel.release`.
 */
export async function kernelStep(
  arch: Architecture,
  host: BuildTarget,
  from: KernelSources,
  release: Release,
  cacheRoot: string,
  jobs: number,
): Promise<Step> {
  const config = await readKernelConfig(arch);
  return {
    name: `kernel ${arch}`,
    inputs: {
      version: VERSION,
      arch,
      config,
      epoch: release.epochSeconds,
      source: from.source.identity,
      sdk: from.sdk.identity,
      signingKey: from.signingKey.identity,
    },
    spaceBytes: SPACE_BYTES,
    build: (output, context) =>
      useWorkDirectory(cacheRoot, { name: `kernel-${arch}`, afterKill: 'wipe' }, context, async (work) => {
        const make = new KernelMake(BUILD_TARGETS[arch], host, from, release, work, context);
        context.note('configuring');
        await make.configure(config);
        context.note('compiling');
        await make.run([BUILD_TARGETS[arch].kernel.makeTarget, `-j${jobs}`]);
        await make.collect(output, from.signingKey);
      }),
  };
}

/** `make` in the kernel's source, which stays untouched: all that is built goes to the work directory. */
class KernelMake {
  readonly #sdk: Sdk;
  readonly #target: BuildTarget;
  readonly #work: string;
  readonly #signingKey: Entry;
  readonly #variables: readonly string[];
  readonly #options: SdkRunOptions;

  constructor(
    target: BuildTarget,
    host: BuildTarget,
    from: KernelSources,
    release: Release,
    work: string,
    context: StepContext,
  ) {
    this.#sdk = Sdk.of(from.sdk);
    this.#target = target;
    this.#work = work;
    this.#signingKey = from.signingKey;
    this.#variables = [
      `ARCH=${target.kernel.arch}`,
      `CROSS_COMPILE=${crossCompilePrefix(target, host)}`,
      'O=/hotfire/work',
      // What the kernel would take from the time and place of its build (Documentation/kbuild/reproducible-builds).
      `KBUILD_BUILD_TIMESTAMP=@${release.epochSeconds}`,
      'KBUILD_BUILD_USER=hotfire',
      'KBUILD_BUILD_HOST=sdk',
      'KBUILD_BUILD_VERSION=1',
    ];
    this.#options = {
      ...context,
      what: 'make, which builds the kernel,',
      directory: '/hotfire/linux',
      env: { SOURCE_DATE_EPOCH: String(release.epochSeconds) },
      mounts: [
        { host: join(from.source.directory, 'linux'), sdk: '/hotfire/linux' },
        { host: work, sdk: '/hotfire/work', writable: true },
      ],
    };
  }

  async run(args: readonly string[]): Promise<void> {
    await this.#sdk.run(['make', ...this.#variables, ...args], this.#options);
  }

  /** @throws {UsageError} when an option that was asked for got lost. */
  async configure(asked: string): Promise<void> {
    const config = join(this.#work, '.config');
    const key = 'CONFIG_MODULE_SIG_KEY="certs/signing_key.pem"';
    await mkdir(join(this.#work, 'certs'), { recursive: true });
    await copyFile(
      join(this.#signingKey.directory, 'signing_key.pem'),
      join(this.#work, 'certs/signing_key.pem'),
    );
    await this.run(['allnoconfig']);
    await writeFile(config, `${await readFile(config, 'utf8')}\n${asked}\n${key}\n`);
    await this.run(['olddefconfig']);
    checkKernelConfig(asked, await readFile(config, 'utf8'));
  }

  async collect(output: string, signingKey: Entry): Promise<void> {
    await copyFile(join(this.#work, this.#target.kernel.image), join(output, 'vmlinuz'));
    await copyFile(join(this.#work, '.config'), join(output, 'config'));
    const others = ['System.map', 'vmlinux.symvers', 'include/config/kernel.release'];
    for (const name of others) await copyFile(join(this.#work, name), join(output, basename(name)));
    await copyFile(join(signingKey.directory, 'signing_key.x509'), join(output, 'signing_key.x509'));
  }
}
