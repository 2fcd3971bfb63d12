import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { Architecture } from '../../../harness/util/architecture.ts';
import { crossCompilePrefix, BUILD_TARGETS, type BuildTarget } from '../architectures.ts';
import type { Entry, Step, StepContext } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import type { Release } from '../config/release.ts';
import { Sdk, type SdkRunOptions } from '../sdk/run.ts';
import { checkKernelConfig, checkTrustedKey, readKernelConfig } from '../config/kernel.ts';

/** Raised with every change of this file that changes what it makes: a kernel takes ten minutes. */
const VERSION = 2;

/**
 * Where make finds the key. Not `certs/signing_key.pem`: a key of that name make takes for its own, and puts a new one in its
 * place when it did not make it itself.
 */
const KEY_MOUNT = '/hotfire/key';

const SPACE_BYTES = 3 * 1024 ** 3;

export interface KernelSources {
  readonly sdk: Entry;
  readonly source: Entry;
  readonly signingKey: Entry;
}

/** What tells builds of one kernel apart. */
export interface KernelBuild {
  readonly release: Release;
  /** As `uname -v` shows it. Another number gives another build ID, and with it a kernel that takes none of the other's live patches. */
  readonly number: number;
}

/** The build number that kernels have unless another one is asked for. */
export const FIRST_BUILD = 1;

/**
 * The kernel as `vmlinuz`, with what live patches are later made from: System.map, vmlinux.symvers, config,
 * signing_key.x509; and its release in `kernel.release`.
 */
export async function kernelStep(
  arch: Architecture,
  host: BuildTarget,
  from: KernelSources,
  kernelBuild: KernelBuild,
  cacheRoot: string,
  jobs: number,
): Promise<Step> {
  const { release, number } = kernelBuild;
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
      // The first is named by its absence, as in caches that are older than the number.
      ...(number === FIRST_BUILD ? {} : { number }),
    },
    spaceBytes: SPACE_BYTES,
    build: (output, context) =>
      useWorkDirectory(cacheRoot, { name: `kernel-${arch}`, afterKill: 'wipe' }, context, async (work) => {
        const make = new KernelMake(BUILD_TARGETS[arch], host, from, kernelBuild, work, context);
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
  readonly #variables: readonly string[];
  readonly #options: SdkRunOptions;

  constructor(
    target: BuildTarget,
    host: BuildTarget,
    from: KernelSources,
    { release, number }: KernelBuild,
    work: string,
    context: StepContext,
  ) {
    this.#sdk = Sdk.of(from.sdk);
    this.#target = target;
    this.#work = work;
    this.#variables = [
      `ARCH=${target.kernel.arch}`,
      `CROSS_COMPILE=${crossCompilePrefix(target, host)}`,
      'O=/hotfire/work',
      // What the kernel would take from the time and place of its build (Documentation/kbuild/reproducible-builds).
      `KBUILD_BUILD_TIMESTAMP=@${release.epochSeconds}`,
      'KBUILD_BUILD_USER=hotfire',
      'KBUILD_BUILD_HOST=sdk',
      `KBUILD_BUILD_VERSION=${number}`,
    ];
    this.#options = {
      ...context,
      what: 'make, which builds the kernel,',
      directory: '/hotfire/linux',
      env: { SOURCE_DATE_EPOCH: String(release.epochSeconds) },
      mounts: [
        { host: join(from.source.directory, 'linux'), sdk: '/hotfire/linux' },
        { host: work, sdk: '/hotfire/work', writable: true },
        { host: from.signingKey.directory, sdk: KEY_MOUNT },
      ],
    };
  }

  async run(args: readonly string[]): Promise<void> {
    await this.#sdk.run(['make', ...this.#variables, ...args], this.#options);
  }

  /** @throws {UsageError} when an option that was asked for got lost. */
  async configure(asked: string): Promise<void> {
    const config = join(this.#work, '.config');
    const key = `CONFIG_MODULE_SIG_KEY="${KEY_MOUNT}/signing_key.pem"`;
    await this.run(['allnoconfig']);
    await writeFile(config, `${await readFile(config, 'utf8')}\n${asked}\n${key}\n`);
    await this.run(['olddefconfig']);
    checkKernelConfig(asked, await readFile(config, 'utf8'));
  }

  /** @throws {ImageError} when the kernel trusts another key than the one that will sign its modules. */
  async collect(output: string, signingKey: Entry): Promise<void> {
    const certificate = join(signingKey.directory, 'signing_key.x509');
    const trusted = join(this.#work, 'certs/signing_key.x509');
    checkTrustedKey(await readFile(trusted), await readFile(certificate), this.#work);
    await copyFile(join(this.#work, this.#target.kernel.image), join(output, 'vmlinuz'));
    await copyFile(join(this.#work, '.config'), join(output, 'config'));
    const others = ['System.map', 'vmlinux.symvers', 'include/config/kernel.release'];
    for (const name of others) await copyFile(join(this.#work, name), join(output, basename(name)));
    await copyFile(certificate, join(output, 'signing_key.x509'));
  }
}
