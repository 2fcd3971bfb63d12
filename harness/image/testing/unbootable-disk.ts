import { writeFile } from 'node:fs/promises';

import { fatVolume } from '../../disk/testing/fat-volume.ts';
import { gptDisk } from '../../disk/testing/gpt-disk.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';

const DISK_SECTORS = 4096;
const ESP_FIRST_SECTOR = 64;
const SECTOR_BYTES = 512;

/**
 * A disk that goes when the current test ends. Hotfire takes it for one of x86_64, but its boot loader is an empty file, so
 * the firmware finds nothing to boot there: it says so on the console and then waits for a key.
 */
export async function unbootableDisk(): Promise<string> {
  const scratch = await scratchDirectory();
  const disk = gptDisk(DISK_SECTORS, [
    {
      ...{ label: 'EFI-SYSTEM', typeGuid: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b', attributes: 0n },
      ...{ guid: '00000000-0000-0000-0000-000000000001' },
      ...{ firstSector: ESP_FIRST_SECTOR, lastSector: 2 * ESP_FIRST_SECTOR },
    },
  ]);
  fatVolume(64 * SECTOR_BYTES, ['BOOTX64.EFI']).copy(disk, ESP_FIRST_SECTOR * SECTOR_BYTES);
  await writeFile(scratch('disk.img'), disk);
  return scratch('disk.img');
}
