import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { crossCompilePrefix, type BuildTarget } from '../architectures.ts';
import type { Entry, StepContext } from '../cache/step.ts';
import { checkKernelConfig } from '../config/kernel.ts';
import type { Release } from '../config/release.ts';
import { LINUX_MOUNT } from '../livepatch/module-make.ts';
import { Sdk, type SdkRunOptions } from '../sdk/run.ts';

/**
 * Where make finds the key. Not `certs/signing_key.pem`: a key of that name make takes for its own, and puts a new one in its
 * place when it did not make it itself.
 */
const KEY_MOUNT = '/hotfire/key';

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

/** `make` in the kernel's source, which stays untouched: all that is built goes to the work directory. */
export class KernelMake {
  readonly #sdk: Sdk;
  readonly #work: string;
  readonly #variables: readonly string[];
  readonly #options: SdkRunOptions;

  /** @param flags variables of make beside those that every build has, such as `KCFLAGS=-g`. */
  constructor(
    target: BuildTarget,
    host: BuildTarget,
    from: KernelSources,
    { release, number }: KernelBuild,
    work: string,
    context: StepContext,
    flags: readonly string[] = [],
  ) {
    this.#sdk = Sdk.of(from.sdk);
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
      ...flags,
    ];
    this.#options = {
      ...context,
      what: 'make, which builds the kernel,',
      directory: LINUX_MOUNT,
      env: { SOURCE_DATE_EPOCH: String(release.epochSeconds) },
      mounts: [
        { host: join(from.source.directory, 'linux'), sdk: LINUX_MOUNT },
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

  /** Copies files of the work directory, such as `include/config/kernel.release`, by their own names. */
  async copy(names: readonly string[], to: string): Promise<void> {
    for (const name of names) await copyFile(join(this.#work, name), join(to, basename(name)));
  }
}
