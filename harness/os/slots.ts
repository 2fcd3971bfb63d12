import { partitionLabelled, type GptTable } from '../disk/gpt/table.ts';
import type { Partition } from '../disk/gpt/entries.ts';
import { LABELS, type SlotName } from './bottlerocket/layout.ts';

/** The meaning of the attribute bits 48 to 56 of a BOOT partition to the slot loader. */
export interface SlotFlags {
  /** 0 to 15; the loader never chooses 0. */
  readonly priority: number;
  /** 0 to 15 boots that this slot may still be given without having proved itself. */
  readonly triesLeft: number;
  readonly successful: boolean;
}

export interface Slot {
  readonly name: SlotName;
  readonly flags: SlotFlags;
  readonly boot: Partition;
  readonly root: Partition;
  readonly hash: Partition;
}

export function slotFlags(attributes: bigint): SlotFlags {
  return {
    priority: Number((attributes >> 48n) & 0xfn),
    triesLeft: Number((attributes >> 52n) & 0xfn),
    successful: ((attributes >> 56n) & 1n) === 1n,
  };
}

/** Bit 57 of PRIVATE: some boot of this machine has been marked successful. */
export function hasEverBooted(table: GptTable): boolean {
  return ((partitionLabelled(table, LABELS.private).attributes >> 57n) & 1n) === 1n;
}

/** @throws {ImageError} when a partition of the slot is absent. */
export function readSlot(table: GptTable, name: SlotName): Slot {
  const boot = partitionLabelled(table, LABELS.boot(name));
  return {
    name,
    flags: slotFlags(boot.attributes),
    boot,
    root: partitionLabelled(table, LABELS.root(name)),
    hash: partitionLabelled(table, LABELS.hash(name)),
  };
}

/** The slots that are marked as bootable, whatever their priority: successful, or with a try left. */
export function validSlots(table: GptTable): Slot[] {
  return (['A', 'B'] as const)
    .map((name) => readSlot(table, name))
    .filter(({ flags }) => flags.successful || flags.triesLeft > 0);
}

/** The slots that the loader tries: the valid ones that have a priority, by that, A before B on a tie. */
export function bootOrder(table: GptTable): Slot[] {
  return validSlots(table)
    .filter(({ flags }) => flags.priority > 0)
    .sort((one, other) => other.flags.priority - one.flags.priority);
}

/** The slot that the loader tries first. */
export function nextSlot(table: GptTable): Slot | undefined {
  return bootOrder(table)[0];
}
