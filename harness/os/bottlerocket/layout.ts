/** The two sets of BOOT, ROOT and HASH that an update alternates between. */
export type SlotName = 'A' | 'B';

/** GPT labels of the disk: Bottlerocket's, which a reference image and an upstream one share. */
export const LABELS = {
  efiSystem: 'EFI-SYSTEM',
  boot: (slot: SlotName) => `BOTTLEROCKET-BOOT-${slot}`,
  root: (slot: SlotName) => `BOTTLEROCKET-ROOT-${slot}`,
  hash: (slot: SlotName) => `BOTTLEROCKET-HASH-${slot}`,
  private: 'BOTTLEROCKET-PRIVATE',
  data: 'BOTTLEROCKET-DATA',
} as const;

/** Of the partitions that make up a slot. */
export const SLOT_LABEL = /^BOTTLEROCKET-(?:BOOT|ROOT|HASH)-[AB]$/;

/** The settings store in the file system of PRIVATE. */
export const SETTINGS_STORE = '/datastore/store.json';
