import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { openImage } from '../../image/open.ts';
import { unbootableDisk } from '../../image/testing/unbootable-disk.ts';
import { which } from '../../process/which.ts';
import { Deadline } from '../../util/deadline.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { startVm } from '../assemble.ts';
import type { Vm } from '../vm.ts';
import { dropMemory, takeMemory } from './memory.ts';
import { stopWhenFailed } from './stop-when-failed.ts';

const qemu = await which('qemu-system-x86_64');
const MEMORY_MIB = 256;
const MIB = 2 ** 20;
/** Of elf.h. */
const ET_CORE = 4;
const EM_X86_64 = 62;
const PT_LOAD = 1;
/** The last that QEMU writes. */
const SECTION_NAMES = '\0.shstrtab\0';

const soon = (what: string): Deadline => Deadline.after(120_000, what);

/** Waits at its firmware's boot menu. */
async function waitingMachine(): Promise<Vm> {
  const image = await openImage(await unbootableDisk());
  const vm = await startVm({ image, memoryMiB: MEMORY_MIB, cpus: 1, label: 'memory' });
  await vm.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak'));
  return vm;
}

async function statusOf(vm: Vm): Promise<unknown> {
  return vm.connections.qmp.execute('query-status', undefined, soon('QMP'));
}

/** The pieces of memory in a core file: where they lie in it, and how long they are. */
function pieces(core: Buffer): { readonly offset: number; readonly bytes: number }[] {
  const [table, entryBytes, count] = [
    Number(core.readBigUInt64LE(32)),
    core.readUInt16LE(54),
    core.readUInt16LE(56),
  ];
  return Array.from({ length: count }, (_, index) => core.subarray(table + index * entryBytes))
    .filter((entry) => entry.readUInt32LE(0) === PT_LOAD)
    .map((entry) => ({ offset: Number(entry.readBigUInt64LE(8)), bytes: Number(entry.readBigUInt64LE(32)) }));
}

describe.skipIf(qemu === undefined)('the memory of a machine (needs qemu-system-x86_64)', () => {
  test('is a whole core file for its user only, without the zeros', { timeout: 360_000 }, async () => {
    await using vm = await waitingMachine();
    const target = (await scratchDirectory())('vms/vm-1');
    await takeMemory(vm.qmp, vm.spec, target);
    expect(await statusOf(vm)).toMatchObject({ status: 'running' });
    const path = join(target, 'memory.elf');
    const { mode, size, blocks } = await stat(path);
    expect(mode & 0o777).toBe(0o600);
    expect(blocks * 512).toBeLessThan(size / 2);
    const core = await readFile(path);
    expect(core.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01');
    expect([core.readUInt16LE(16), core.readUInt16LE(18)]).toEqual([ET_CORE, EM_X86_64]);
    const all = pieces(core);
    expect(Math.max(...all.map(({ offset, bytes }) => offset + bytes))).toBe(size - SECTION_NAMES.length);
    expect(core.subarray(-SECTION_NAMES.length).toString()).toBe(SECTION_NAMES);
    expect(all.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThanOrEqual(MEMORY_MIB * MIB);
    expect(core.includes(Buffer.from('BdsDxe', 'utf16le')) || core.includes('BdsDxe')).toBe(true);
    await dropMemory(target);
    expect(await readdir(target)).toEqual([]);
  });

  test('that can not be written leaves no file, and the reason', { timeout: 360_000 }, async () => {
    await using vm = await waitingMachine();
    const scratch = await scratchDirectory();
    await writeFile(scratch('file'), '');
    await expect(takeMemory(vm.qmp, vm.spec, scratch('file'))).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(takeMemory(vm.qmp, { memoryMiB: 1e9 }, scratch('vm'))).rejects.toThrow(
      /Only \d+ MiB are free/,
    );
    await mkdir(scratch('busy/memory.elf'), { recursive: true });
    await expect(takeMemory(vm.qmp, vm.spec, scratch('busy'))).rejects.toThrow(/memory\.elf/);
    await vm.connections.qmp.close();
    await expect(takeMemory(vm.connections.qmp, vm.spec, scratch('vm'))).rejects.toThrow(/Hotfire closed it/);
    expect(await readdir(scratch('vm'))).toEqual([]);
    vm.expectFailure();
  });

  test('is held still at an unexpected failure, and only then', { timeout: 360_000 }, async () => {
    const failAndSee = async (vm: Vm): Promise<unknown> => {
      const stopped = stopWhenFailed(vm);
      await vm.qmp.execute('system_reset', undefined, soon('QMP'));
      await stopped;
      return statusOf(vm);
    };
    await using vm = await waitingMachine();
    expect(await failAndSee(vm)).toMatchObject({ status: 'paused' });
    // Else its directory is kept, as that of each machine that failed.
    vm.expectFailure();
    await using other = await waitingMachine();
    other.expectFailure();
    expect(await failAndSee(other)).toMatchObject({ status: 'running' });
    await using ended = await waitingMachine();
    const stopped = stopWhenFailed(ended);
    await ended.stop();
    await stopped;
    expect(ended.failure).toBeUndefined();
  });
});
