import {
  findInPartition,
  flipBit,
  partitionLabelled,
  readRange,
  writeRange,
} from '../../../harness/index.ts';
import type { Image, PoweredOff } from '../../../harness/index.ts';

/** Something that is wrong with the slot that an update was written to. */
export type Damage = (machine: PoweredOff, image: Image) => Promise<void>;

const BOOT = 'BOTTLEROCKET-BOOT-B';
const ROOT = 'BOTTLEROCKET-ROOT-B';
const OS_NAME = 'PRETTY_NAME="';

/** One bit of a file that every boot reads. */
export const flippedBit: Damage = async (machine) => {
  const { partitions } = await machine.readGpt();
  await flipBit(
    machine.disk,
    (await findInPartition(machine.disk, partitions, ROOT, OS_NAME)) + OS_NAME.length,
    5,
  );
};

/** The file system that the slot loader reads the kernel from. */
export const wipedBoot: Damage = (machine) => wipe(machine, BOOT);

/** Neither slot has a kernel to start. */
export const bothBootsWiped: Damage = async (machine) => {
  await wipe(machine, 'BOTTLEROCKET-BOOT-A');
  await wipe(machine, BOOT);
};

async function wipe(machine: PoweredOff, label: string): Promise<void> {
  const { firstByte } = partitionLabelled(await machine.readGpt(), label);
  await writeRange(machine.disk, firstByte, Buffer.alloc(1024 * 1024));
}

/** @param by of the same length at most; the rest is blanked. */
export function kernelArgument(argument: string, by: string): Damage {
  return async (machine) => {
    const { partitions } = await machine.readGpt();
    const at = await findInPartition(machine.disk, partitions, BOOT, argument);
    await writeRange(machine.disk, at, Buffer.from(by.padEnd(argument.length)));
  };
}

/** The first instructions of the image that the slot loader starts wait endlessly, without keeping the host busy. */
export const endlessLoop: Damage = async (machine, { arch }) => {
  const { partitions } = await machine.readGpt();
  const header = await findInPartition(machine.disk, partitions, BOOT, 'PE\0\0');
  await writeRange(machine.disk, await entryPoint(machine, header), LOOPS[arch]);
};

/** Wait for an interrupt, and jump back to that. */
const LOOPS = {
  x86_64: Buffer.from([0xf4, 0xeb, 0xfd]),
  aarch64: Buffer.from([0x7f, 0x20, 0x03, 0xd5, 0xff, 0xff, 0xff, 0x17]),
} as const;

/** Offsets are of Microsoft's PE format: the file header, the optional header behind it, then the section table. */
async function entryPoint({ disk }: PoweredOff, header: number): Promise<number> {
  const bytes = await readRange(disk, header, 4096);
  const sections = 24 + bytes.readUInt16LE(20);
  const entry = bytes.readUInt32LE(24 + 16);
  for (let at = sections; at < sections + 40 * bytes.readUInt16LE(6); at += 40) {
    const [size, address, , file] = [8, 12, 16, 20].map((offset) => bytes.readUInt32LE(at + offset));
    if (size === undefined || address === undefined || file === undefined) break;
    if (entry >= address && entry < address + size)
      return (await fileStart(disk, header)) + file + entry - address;
  }
  throw new Error('The image on BOOT has no section with its entry point.');
}

/** The DOS header holds the distance to the PE header. */
async function fileStart(disk: PoweredOff['disk'], header: number): Promise<number> {
  const SEARCH_BYTES = 1024;
  const before = await readRange(disk, header - SEARCH_BYTES, SEARCH_BYTES);
  for (let back = 64; back <= SEARCH_BYTES; back += 8) {
    const at = SEARCH_BYTES - back;
    if (before.toString('latin1', at, at + 2) === 'MZ' && before.readUInt32LE(at + 0x3c) === back)
      return header - back;
  }
  throw new Error('The image on BOOT has no DOS header.');
}
