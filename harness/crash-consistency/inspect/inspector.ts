import { join } from 'node:path';

import { z } from 'zod';

import { readFromExt4 } from '../../disk/ext4/edit.ts';
import { partitionLabelled, readGptOf, type GptTable } from '../../disk/gpt/table.ts';
import { LABELS, SETTINGS_STORE, SLOT_LABEL, type SlotName } from '../../os/bottlerocket/layout.ts';
import { bootOrder, validSlots, type Slot } from '../../os/slots.ts';
import { ImageError, messageOf } from '../../util/errors.ts';
import type { RegionDigests } from '../states/digester.ts';
import { idOf, type CrashState } from '../states/states.ts';
import type { Recording } from '../recording.ts';
import { Ext4Contents } from './ext4-content.ts';
import { repairExt4 } from '../../disk/ext4/repair.ts';
import { PartitionCopier } from './partition-copier.ts';
import { versionIn, type KnownVersion } from './slot-content.ts';

const { private: PRIVATE, data: DATA, efiSystem: EFI_SYSTEM } = LABELS;

const storeSchema = z.looseObject({ live: z.record(z.string(), z.unknown()) });

/** What a machine would find if it started from a state. */
export interface Findings {
  /** In the order in which the loader tries them, each with the version of the OS that it holds whole, if any. */
  readonly slots: readonly { readonly name: SlotName; readonly version: string | undefined }[];
  /** What is live in the settings store; undefined when there is no store yet. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  /** What the inspector was asked to find out about PRIVATE; undefined when that has no file system. */
  readonly examined: unknown;
  /** Why the machine would not start, or has lost something. */
  readonly faults: readonly string[];
  /** States of one class are the same to anything that starts from them. */
  readonly readerClass: string;
  /** States of one class look the same to firmware, loader and kernel, up to the mount of PRIVATE. */
  readonly bootClass: string;
}

/** Finds something out about PRIVATE by files that it reads, such as `/datastore/store.json`; undefined where there is no such file. */
export type ExaminePrivate = (read: (path: string) => Promise<Buffer | undefined>) => Promise<unknown>;

type FileSystem = Pick<Findings, 'settings' | 'examined' | 'faults'>;

const NOTHING: FileSystem = { settings: undefined, examined: undefined, faults: [] };

/** A file system as a mount finds it, with a name that distinguishes it from others. */
type MountedFileSystem = FileSystem & { readonly content: string };

/** Looks at states of one recorded disk without booting them. */
export class Inspector {
  readonly #directory: string;
  readonly #recording: Recording;
  readonly #versions: readonly KnownVersion[];
  readonly #examine: ExaminePrivate | undefined;
  readonly #partitions = new Map<string, { copier: PartitionCopier; contents: Ext4Contents }>();
  readonly #findings = new Map<string, Findings>();
  /** By the digest of what is stored. */
  readonly #stored = new Map<string, MountedFileSystem>();
  /** By what is there once the journal has been replayed: many ways to store it are one to a reader. */
  readonly #mounted = new Map<string, MountedFileSystem>();
  readonly #slots = new Map<string, string | undefined>();

  /**
   * @param directory for copies of file systems.
   * @param versions all that a slot may hold.
   * @param examine what else is wanted of PRIVATE.
   */
  constructor(
    directory: string,
    recording: Recording,
    versions: readonly KnownVersion[],
    examine?: ExaminePrivate,
  ) {
    this.#directory = directory;
    this.#recording = recording;
    this.#versions = versions;
    this.#examine = examine;
  }

  /** @throws {InfrastructureError} when a tool of the host fails. */
  async inspect(state: CrashState): Promise<Findings> {
    let table: GptTable;
    try {
      table = await readGptOf({ ...state, name: 'The disk' });
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      const nothing = {
        ...NOTHING,
        slots: [],
        bootClass: 'no table',
        readerClass: idOf(state.digests),
      };
      // Its second line is for someone who named the wrong file.
      return { ...nothing, faults: messageOf(error).split('\n').slice(0, 1) };
    }
    const visible = visibleIn(state, table);
    const known = this.#findings.get(idOf(visible));
    if (known !== undefined) return known;
    const findings = await this.#look(state, table, visible);
    this.#findings.set(idOf(visible), findings);
    return findings;
  }

  async #look(state: CrashState, table: GptTable, visible: RegionDigests): Promise<Findings> {
    const order = bootOrder(table);
    const slots = order.map((slot) => ({ name: slot.name, version: this.#versionIn(slot, state) }));
    const fileSystems = [
      await this.#fileSystem(state, table, PRIVATE),
      await this.#fileSystem(state, table, DATA),
    ];
    const faults = [
      ...(slots.length === 0 ? ['The loader finds no slot that it may try.'] : []),
      ...validSlots(table)
        .filter((slot) => this.#versionIn(slot, state) === undefined)
        .map(({ name, flags }) => {
          const claim =
            flags.priority > 0 ? `The loader may try slot ${name}` : `Slot ${name} is marked valid`;
          return `${claim}, which holds no known version whole.`;
        }),
      ...(state.digests.has(EFI_SYSTEM) ? [`${EFI_SYSTEM}, which must never be written, has changed.`] : []),
      ...fileSystems.flatMap((one) => one.faults),
    ];
    const copies = Object.entries(table.faults).map(([copy, fault]) => `${copy} ${fault ?? 'intact'}`);
    const tried = order.map(
      ({ name, flags }, index) => `${name} ${JSON.stringify(flags)} ${slots[index]?.version ?? ''}`,
    );
    const bootClass = [...copies, ...tried].join('; ');
    const outside = [...visible].filter(([label]) => label !== PRIVATE && label !== DATA);
    const readerClass = [idOf(new Map(outside)), ...fileSystems.map(({ content }) => content)].join(' ');
    const { settings, examined } = fileSystems[0] ?? NOTHING;
    return { slots, settings, examined, faults, readerClass, bootClass };
  }

  #versionIn(slot: Slot, state: CrashState): string | undefined {
    const parts = [slot.boot, slot.root, slot.hash];
    const key = parts.map(({ label, guid }) => `${guid} ${state.digests.get(label) ?? 0n}`).join();
    if (!this.#slots.has(key)) this.#slots.set(key, versionIn(slot, state, this.#versions)?.os.version);
    return this.#slots.get(key);
  }

  async #fileSystem(state: CrashState, table: GptTable, label: string): Promise<MountedFileSystem> {
    const stored = `${label} ${state.digests.get(label) ?? 0n}`;
    const known = this.#stored.get(stored);
    if (known !== undefined) return known;
    const { copier, contents } = this.#partition(table, label);
    const file = join(this.#directory, `${label}.ext4`);
    copier.copy(state, file);
    const content = `${label} ${(await contents.replay(file)) ?? `as stored: ${stored}`}`;
    const found = this.#mounted.get(content) ?? { content, ...(await examine(file, label, this.#examine)) };
    this.#mounted.set(content, found);
    this.#stored.set(stored, found);
    return found;
  }

  #partition(table: GptTable, label: string): { copier: PartitionCopier; contents: Ext4Contents } {
    const known = this.#partitions.get(label);
    if (known !== undefined) return known;
    const copier = new PartitionCopier(this.#recording.history, partitionLabelled(table, label));
    const made = { copier, contents: new Ext4Contents() };
    this.#partitions.set(label, made);
    return made;
  }
}

/** The content of a slot that can't be chosen is never read. */
function visibleIn({ digests }: CrashState, table: GptTable): RegionDigests {
  const valid = validSlots(table).flatMap(({ boot, root, hash }) => [boot.label, root.label, hash.label]);
  return new Map([...digests].filter(([label]) => !SLOT_LABEL.test(label) || valid.includes(label)));
}

async function examine(
  file: string,
  label: string,
  examinePrivate: ExaminePrivate | undefined,
): Promise<FileSystem> {
  const fault = await repairExt4(file);
  if (fault !== undefined) return { ...NOTHING, faults: [`${label} can't be mended:\n${fault}`] };
  if (label !== PRIVATE) return NOTHING;
  const read = (path: string): Promise<Buffer | undefined> => readFromExt4(file, path);
  const examined = await examinePrivate?.(read);
  const bytes = await read(SETTINGS_STORE);
  if (bytes === undefined) return { ...NOTHING, examined };
  try {
    return { settings: storeSchema.parse(JSON.parse(bytes.toString())).live, examined, faults: [] };
  } catch (error) {
    return { ...NOTHING, examined, faults: [`${SETTINGS_STORE} is no settings store: ${messageOf(error)}.`] };
  }
}
