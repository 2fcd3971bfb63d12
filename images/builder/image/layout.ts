/** Partitions of one GPT disk, as Bottlerocket lays out a single disk: 2 GiB for the OS, and its data (twoliter,
 * partyplanner, plan `unified`). Sizes and places in MiB. */
export interface LayoutPartition {
  readonly label: string;
  readonly type: keyof typeof PARTITION_TYPES;
  readonly startMib: number;
  readonly sizeMib: number;
  readonly attributes?: bigint;
  /** A unique GUID that is part of the contract; the others are derived. */
  readonly guid?: string;
}

export const PARTITION_TYPES = {
  'bios-boot': '21686148-6449-6e6f-744e-656564454649',
  'efi-system': 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  'efi-backup': 'b39ce39c-0a00-b4ab-2d11-f18f8237a21c',
  boot: '6b636168-7420-6568-2070-6c616e657421',
  root: '5526016a-1a97-4ea4-b39a-b7c8c6ca4502',
  hash: '598f10af-c955-4456-6a99-7720068a6cea',
  reserved: '0c5d99a5-d331-4147-baef-08e2b855bdc9',
  private: '440408bb-eb0b-4328-a6e5-a29038fad706',
  data: '626f7474-6c65-6474-6861-726d61726b73',
} as const;

/** Priority 1 (bits 48 to 51) and successful (bit 56): slot A of a fresh image boots, for good. */
const GOOD_SLOT = 0x0101_0000_0000_0000n;
/** The unique GUID that marks the data partition to use (contract, "preferred"). */
const PREFERRED_DATA = '5b94e8df-28b8-485c-9d19-362263b5944c';

export const DISK_MIB = 3072;

export const LAYOUT = [
  { label: 'BIOS-BOOT', type: 'bios-boot', startMib: 1, sizeMib: 4 },
  { label: 'EFI-SYSTEM', type: 'efi-system', startMib: 5, sizeMib: 5 },
  { label: 'BOTTLEROCKET-BOOT-A', type: 'boot', startMib: 10, sizeMib: 40, attributes: GOOD_SLOT },
  { label: 'BOTTLEROCKET-ROOT-A', type: 'root', startMib: 50, sizeMib: 920 },
  { label: 'BOTTLEROCKET-HASH-A', type: 'hash', startMib: 970, sizeMib: 10 },
  { label: 'BOTTLEROCKET-RESERVED-A', type: 'reserved', startMib: 980, sizeMib: 25 },
  { label: 'EFI-BACKUP', type: 'efi-backup', startMib: 1005, sizeMib: 5 },
  { label: 'BOTTLEROCKET-BOOT-B', type: 'boot', startMib: 1010, sizeMib: 40 },
  { label: 'BOTTLEROCKET-ROOT-B', type: 'root', startMib: 1050, sizeMib: 920 },
  { label: 'BOTTLEROCKET-HASH-B', type: 'hash', startMib: 1970, sizeMib: 10 },
  { label: 'BOTTLEROCKET-RESERVED-B', type: 'reserved', startMib: 1980, sizeMib: 25 },
  { label: 'BOTTLEROCKET-PRIVATE', type: 'private', startMib: 2005, sizeMib: 41 },
  { label: 'BOTTLEROCKET-DATA', type: 'data', startMib: 2046, sizeMib: 1024, guid: PREFERRED_DATA },
] as const satisfies readonly LayoutPartition[];

export type PartitionLabel = (typeof LAYOUT)[number]['label'];

export function partitionSizeMib(label: PartitionLabel): number {
  return LAYOUT.find((partition) => partition.label === label)?.sizeMib ?? 0;
}
