import { UsageError } from '../../util/errors.ts';

interface Content {
  readonly what: string;
  readonly signs: readonly { readonly offset: number; readonly bytes: string }[];
}

const BOOT_SIGNATURE = { offset: 510, bytes: '\x55\xaa' };

/** What lies at the start of a file that is no GPT disk. The first that fits is named. */
const CONTENTS: readonly Content[] = [
  { what: 'an ISO 9660 image (a CD or DVD)', signs: [{ offset: 32_769, bytes: 'CD001' }] },
  { what: 'an ext4 file system', signs: [{ offset: 1080, bytes: '\x53\xef' }] },
  { what: 'an EROFS file system', signs: [{ offset: 1024, bytes: '\xe2\xe1\xf5\xe0' }] },
  { what: 'a SquashFS file system', signs: [{ offset: 0, bytes: 'hsqs' }] },
  { what: 'an XFS file system', signs: [{ offset: 0, bytes: 'XFSB' }] },
  { what: 'a btrfs file system', signs: [{ offset: 65_600, bytes: '_BHRfS_M' }] },
  { what: 'an NTFS file system', signs: [BOOT_SIGNATURE, { offset: 3, bytes: 'NTFS    ' }] },
  { what: 'a FAT file system', signs: [BOOT_SIGNATURE, { offset: 54, bytes: 'FAT' }] },
  { what: 'a FAT file system', signs: [BOOT_SIGNATURE, { offset: 82, bytes: 'FAT32' }] },
  { what: 'an encrypted LUKS volume', signs: [{ offset: 0, bytes: 'LUKS\xba\xbe' }] },
  { what: 'an LVM volume', signs: [{ offset: 512, bytes: 'LABELONE' }] },
  { what: 'a program for Windows or UEFI', signs: [{ offset: 0, bytes: 'MZ' }] },
  { what: 'a program for Linux', signs: [{ offset: 0, bytes: '\x7fELF' }] },
];

const MBR = { table: 446, entryBytes: 16, entries: 4, type: 4, protectiveType: 0xee };
/** Both copies of a table with its usual 128 entries, and the MBR. */
const MIN_DISK_BYTES = 67 * 512;

/**
 * Says what a disk is that has no GPT, as far as its start shows it.
 *
 * @param start its first bytes, as a guest would read them.
 */
export function explainMissingGpt(
  path: string,
  start: Buffer,
  sizeBytes: number,
  cause: unknown,
): UsageError {
  const found = explain(start, sizeBytes);
  const message = `${path} has no GUID partition table (GPT), from which UEFI firmware boots: ${found.message}.`;
  return new UsageError(message, { cause, hint: found.hint });
}

function explain(start: Buffer, sizeBytes: number): { message: string; hint: string } {
  if (sizeBytes < MIN_DISK_BYTES) {
    return {
      message: `it has only ${sizeBytes} bytes, and no such disk has less than ${MIN_DISK_BYTES}`,
      hint: 'The file may be the rest of a failed download or copy: get it again.',
    };
  }
  if (start.every((byte) => byte === 0)) {
    return {
      message: `its first ${start.length} bytes are all zero`,
      hint: 'Nothing has been written to it yet, or only holes of it were copied: build it, or copy it again.',
    };
  }
  const content = CONTENTS.find(({ signs }) =>
    signs.every(({ offset, bytes }) => start.toString('latin1', offset, offset + bytes.length) === bytes),
  );
  if (content !== undefined) {
    return {
      message: `it is ${content.what} without a partition table`,
      hint: 'Give the whole disk image, not one partition or file of it.',
    };
  }
  const types = mbrTypes(start);
  if (types.includes(MBR.protectiveType)) {
    return {
      message: 'its protective MBR announces one, but both copies are gone',
      hint: 'The table was overwritten, or the disk has sectors of another size than 512 or 4096 bytes: build it again.',
    };
  }
  if (types.length > 0) {
    return {
      message: `it is an MBR disk (${types.length} partitions), which boots on a BIOS only`,
      hint: "Give the image's UEFI variant, or build it with a GPT and an EFI system partition.",
    };
  }
  return {
    message: 'nothing in its first bytes shows what it is',
    hint: 'It must be a raw disk or a qcow2 disk with a GPT; other formats are recognized by their content.',
  };
}

/** Of the partitions in a master boot record; none when there is no such record. */
function mbrTypes(start: Buffer): number[] {
  if (start.toString('latin1', 510, 512) !== BOOT_SIGNATURE.bytes) return [];
  return Array.from({ length: MBR.entries }, (_, index) =>
    start.readUInt8(MBR.table + index * MBR.entryBytes + MBR.type),
  ).filter((type) => type !== 0);
}
