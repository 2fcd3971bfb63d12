import { readRange, type DiskFile } from '../../disk/disk-io.ts';
import { listFatDirectory } from '../../disk/fat/directory.ts';
import { FatFault } from '../../disk/fat/layout.ts';
import type { Partition } from '../../disk/gpt/entries.ts';
import type { GptTable } from '../../disk/gpt/table.ts';
import { MACHINES } from '../../qemu/machines/index.ts';
import { ARCHITECTURES, hostArchitecture, type Architecture } from '../../util/architecture.ts';
import { UsageError } from '../../util/errors.ts';

const EFI_SYSTEM_TYPE = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
/** What firmware starts from a disk for which it has no boot entry (UEFI 2.10, section 3.5.1.1). */
const LOADER_DIRECTORY = ['EFI', 'BOOT'];

/**
 * The architecture that a disk boots on, by the loaders in its EFI system partitions.
 *
 * @param name of the disk in messages.
 * @param preferred which one counts where there are loaders for several. Default: the host's.
 * @throws {UsageError} when there is no EFI system partition, none that can be read, or none with a loader.
 */
export async function bootArchitecture(
  name: string,
  disk: DiskFile,
  gpt: GptTable,
  preferred: Architecture = hostArchitecture(),
): Promise<Architecture> {
  const systems = gpt.partitions.filter(({ typeGuid }) => typeGuid === EFI_SYSTEM_TYPE);
  if (systems.length === 0) throw noSystemPartition(name, gpt);
  const seen: string[] = [];
  const shown = new Set<Architecture>();
  for (const partition of systems) {
    const files = await loadersIn(disk, partition);
    if (files instanceof FatFault) seen.push(`partition ${partition.number} ${files.message}`);
    else if (files === undefined) seen.push(`partition ${partition.number} has no directory \\EFI\\BOOT`);
    else {
      seen.push(`\\EFI\\BOOT of partition ${partition.number} holds ${files.join(', ') || 'nothing'}`);
      for (const arch of ARCHITECTURES) if (files.includes(loaderOf(arch))) shown.add(arch);
    }
  }
  const [first] = shown;
  if (first === undefined) throw noLoader(name, seen);
  return shown.has(preferred) ? preferred : first;
}

async function loadersIn(
  disk: DiskFile,
  { firstByte, sizeBytes }: Partition,
): Promise<string[] | undefined | FatFault> {
  const read = (offset: number, lengthBytes: number): Promise<Buffer> =>
    readRange(disk, firstByte + offset, lengthBytes);
  try {
    const names = await listFatDirectory({ sizeBytes, read }, LOADER_DIRECTORY);
    return names?.filter((file) => !/^\.+$/.test(file));
  } catch (error) {
    if (error instanceof FatFault) return error;
    throw error;
  }
}

function loaderOf(arch: Architecture): string {
  return MACHINES[arch].removableMediaLoader;
}

function noSystemPartition(name: string, { partitions }: GptTable): UsageError {
  const found = partitions.map(({ number, label }) => `${number} "${label}"`).join(', ') || 'none';
  return new UsageError(
    `${name} has no EFI system partition, from which UEFI firmware boots. Its partitions: ${found}.`,
    { hint: `The partition with the boot loader needs the type ${EFI_SYSTEM_TYPE} (sgdisk -t N:ef00).` },
  );
}

function noLoader(name: string, seen: readonly string[]): UsageError {
  const loaders = ARCHITECTURES.map((arch) => `\\EFI\\BOOT\\${loaderOf(arch)} (${arch})`).join(' or ');
  return new UsageError(`${name} has no boot loader where UEFI firmware looks for one: ${seen.join('; ')}.`, {
    hint: `Its EFI system partition must be FAT and hold ${loaders}; a copy of the installed loader will do.`,
  });
}
