import { findParts, type MachineParts } from '../qemu-options.ts';
import type { MachineSpec } from '../spec.ts';
import { CannotFreezeError, SERVED_DISK } from '../fork/errors.ts';
import { templateKey } from './key.ts';
import { openSnapshot, type Snapshot } from '../fork/snapshot.ts';
import { SnapshotStore } from './store.ts';
import { makeTemplate } from './make.ts';
import type { Preparation } from './preparation.ts';

const MIB = 2 ** 20;

/** What a template was made of, with which its forks are put together. */
export interface Template {
  readonly snapshot: Snapshot;
  readonly parts: MachineParts;
}

export interface TemplateOptions {
  readonly signal: AbortSignal;
  /** Called with what takes a while. */
  readonly notice: (text: string) => void;
  /** Default: the one in the user's cache. */
  readonly store?: SnapshotStore;
  readonly preparation?: Preparation | undefined;
}

/**
 * The template of such machines: from the store, or booted and frozen now.
 *
 * @throws {CannotFreezeError} when machines of this kind can't be frozen or renewed.
 * @throws {InfrastructureError} when the host fails: without it there would be one.
 */
export async function obtainTemplate(
  spec: MachineSpec,
  { signal, notice, store = new SnapshotStore(), preparation }: TemplateOptions,
): Promise<Template> {
  if (spec.disk !== undefined) throw new CannotFreezeError(SERVED_DISK);
  const parts = await findParts(spec);
  if (!spec.image.capabilities.has('bridge')) {
    notice('forks of an image without the bridge share their random numbers, identity and clock');
  }
  const directory = await store.obtain(
    await templateKey(parts, preparation?.key),
    async (target, held) => {
      notice('boots a machine once, to be the template of others');
      await makeTemplate(spec, target, held, preparation);
    },
    {
      signal,
      neededBytes: parts.spec.memoryMiB * MIB,
      waiting: () => {
        notice('waits for another run that makes the same template');
      },
    },
  );
  return { snapshot: await openSnapshot(directory), parts };
}
