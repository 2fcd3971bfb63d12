import type { Flaw } from './manifest.ts';
import { openLivepatch, type BuiltLivepatch } from './open.ts';
import { UsageError } from '../../util/errors.ts';

/** The live patches that were built for the image under test. */
export class Livepatches {
  readonly #patches: readonly BuiltLivepatch[];

  constructor(patches: readonly BuiltLivepatch[]) {
    this.#patches = patches;
  }

  /** @throws {UsageError} when a file is not as it was built. */
  static async open(paths: readonly string[]): Promise<Livepatches> {
    return new Livepatches(await Promise.all(paths.map(openLivepatch)));
  }

  /** Those without a flaw. */
  get all(): readonly BuiltLivepatch[] {
    return this.#patches.filter(({ manifest }) => manifest.flaw === undefined);
  }

  /** @throws {UsageError} for a name that none has. */
  named(name: string): BuiltLivepatch {
    const patch = this.all.find(({ metadata }) => metadata.name === name);
    if (patch !== undefined) return patch;
    const known = this.all.map(({ metadata }) => metadata.name).join(', ');
    throw new UsageError(`No live patch "${name}" was built for this image; there are ${known || 'none'}.`);
  }

  /**
   * One that only its builder could make as wrong as it is.
   *
   * @throws {UsageError} when none was built.
   */
  flawed(flaw: Flaw): BuiltLivepatch {
    const patch = this.#patches.find(({ manifest }) => manifest.flaw === flaw);
    if (patch !== undefined) return patch;
    throw new UsageError(`No live patch with the flaw "${flaw}" was built for this image.`);
  }
}
