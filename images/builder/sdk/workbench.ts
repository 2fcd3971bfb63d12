import type { Entry, StepContext } from '../cache/step.ts';
import { Sdk } from './run.ts';

/** A directory of the host in which the SDK's tools work, without network. */
export class Workbench {
  readonly directory: string;
  readonly #sdk: Sdk;
  readonly #context: StepContext;
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    sdk: Pick<Entry, 'directory'>,
    directory: string,
    context: StepContext,
    env: Readonly<Record<string, string>> = {},
  ) {
    this.directory = directory;
    this.#sdk = Sdk.of(sdk);
    this.#context = context;
    this.#env = env;
  }

  /**
   * @param purpose completes "mkfs.erofs, which …," in messages.
   * @param argv paths in it are relative to the directory.
   * @throws {CommandError} unless the command succeeds.
   */
  async run(purpose: string, argv: readonly [string, ...string[]]): Promise<void> {
    await this.#sdk.run(argv, {
      ...this.#context,
      what: `${argv[0]}, which ${purpose},`,
      env: this.#env,
      directory: '/hotfire/output',
      mounts: [{ host: this.directory, sdk: '/hotfire/output', writable: true }],
    });
  }
}
