import { fatVolume } from '../../disk/testing/fat-volume.ts';
import { gptDisk, type PlannedPartition } from '../../disk/testing/gpt-disk.ts';

const SECTORS = 4096;
const ESP_SECTOR = 64;
const ESP_SECTORS = 64;

export interface BootableDiskOptions {
  readonly loaders?: readonly string[];
  readonly sectorBytes?: 512 | 4096;
  readonly typeGuid?: string;
  /** The content of the EFI system partition. Default: a FAT file system. */
  readonly esp?: Buffer;
}

/** A small disk with an EFI system partition, whose boot loaders are empty files. */
export function bootableDisk({
  loaders = ['BOOTX64.EFI'],
  sectorBytes = 512,
  typeGuid = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  esp = fatVolume(ESP_SECTORS * sectorBytes, loaders),
}: BootableDiskOptions = {}): Buffer {
  const partition: PlannedPartition = {
    ...{ label: 'EFI-SYSTEM', typeGuid, guid: '00000000-0000-0000-0000-000000000001', attributes: 0n },
    ...{ firstSector: ESP_SECTOR, lastSector: ESP_SECTOR + ESP_SECTORS - 1 },
  };
  const disk = gptDisk(SECTORS, [partition], sectorBytes);
  esp.copy(disk, ESP_SECTOR * sectorBytes);
  return disk;
}
