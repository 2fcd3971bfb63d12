const SECTOR_BYTES = 512;
const RESERVED_SECTORS = 8;
const ROOT_SECTORS = 1;
const ENTRY_BYTES = 32;
const DIRECTORY = 0x10;

/** The fewest clusters by which EDK2 and the specification take a volume for one of these. */
const TABLE_SECTORS = { 12: 8, 16: 40, 32: 520 };

/**
 * A FAT volume with empty files of these short names in \EFI\BOOT, written independently of the reader under test. Its
 * directory's clusters are not next to each other.
 *
 * @param bits 16 takes at least 4 MiB, 32 at least 34 MiB.
 */
export function fatVolume(sizeBytes: number, names: readonly string[], bits: 12 | 16 | 32 = 12): Buffer {
  const volume = Buffer.alloc(sizeBytes);
  const rootSectors = bits === 32 ? 0 : ROOT_SECTORS;
  const dataByte = (RESERVED_SECTORS + TABLE_SECTORS[bits] + rootSectors) * SECTOR_BYTES;
  writeBootSector(volume, bits, rootSectors);

  const boot = Buffer.concat(['.', '..', ...names].map((name) => entry(name, name.startsWith('.') ? 2 : 0)));
  const pieces = Math.ceil(boot.length / SECTOR_BYTES);
  const [root, efi] = [2, 3];
  const chain = Array.from({ length: pieces }, (_, index) => 5 + index * 3);
  const at = (cluster: number): number => dataByte + (cluster - 2) * SECTOR_BYTES;

  entry('EFI', efi).copy(volume, bits === 32 ? at(root) : dataByte - SECTOR_BYTES);
  entry('BOOT', chain[0] ?? 0).copy(volume, at(efi));
  chain.forEach((cluster, index) => {
    boot.copy(volume, at(cluster), index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES);
  });
  for (const one of [[root], [efi], chain]) {
    one.forEach((cluster, index) => {
      linkClusters(volume, bits, cluster, one[index + 1] ?? 2 ** Math.min(bits, 28) - 1);
    });
  }
  return volume;
}

function writeBootSector(volume: Buffer, bits: 12 | 16 | 32, rootSectors: number): void {
  const sectors = volume.length / SECTOR_BYTES;
  volume.write('\xeb\x58\x90hotfire ', 'latin1');
  volume.writeUInt16LE(SECTOR_BYTES, 11);
  volume.writeUInt8(1, 13);
  volume.writeUInt16LE(RESERVED_SECTORS, 14);
  volume.writeUInt8(1, 16);
  volume.writeUInt16LE((rootSectors * SECTOR_BYTES) / ENTRY_BYTES, 17);
  volume.writeUInt16LE(sectors < 65_536 ? sectors : 0, 19);
  volume.writeUInt8(0xf8, 21);
  volume.writeUInt16LE(bits === 32 ? 0 : TABLE_SECTORS[bits], 22);
  volume.writeUInt32LE(sectors < 65_536 ? 0 : sectors, 32);
  if (bits === 32) {
    volume.writeUInt32LE(TABLE_SECTORS[bits], 36);
    volume.writeUInt32LE(2, 44);
  }
  volume.writeUInt16LE(0xaa55, 510);
}

/** Makes `next` what follows `cluster` in its chain. */
export function linkClusters(volume: Buffer, bits: 12 | 16 | 32, cluster: number, next: number): void {
  const table = volume.subarray(RESERVED_SECTORS * SECTOR_BYTES);
  if (bits === 32) table.writeUInt32LE(next, cluster * 4);
  else if (bits === 16) table.writeUInt16LE(next, cluster * 2);
  else {
    const at = Math.floor(cluster * 1.5);
    const word = table.readUInt16LE(at);
    table.writeUInt16LE(cluster % 2 === 0 ? (word & 0xf000) | next : (word & 0xf) | (next << 4), at);
  }
}

function entry(name: string, cluster: number): Buffer {
  const bytes = Buffer.alloc(ENTRY_BYTES);
  const [base = '', extension = ''] = name.startsWith('.') ? [name] : name.split('.');
  bytes.write(base.padEnd(8) + extension.padEnd(3), 'latin1');
  bytes.writeUInt8(cluster === 0 ? 0x20 : DIRECTORY, 11);
  bytes.writeUInt16LE(cluster, 26);
  return bytes;
}
