import {
  checkFileSystems,
  describe,
  expect,
  needs,
  partitionLabelled,
  suite,
  within,
} from '../../harness/index.ts';
import type { DiskContent, DiskFault, PoweredOff, Vm } from '../../harness/index.ts';
import { DATA, sizeOf } from './support/file-systems.ts';

const MIB = 2 ** 20;
const DISK_BYTES = 5 * 1024 * MIB;
/** Beyond what the image gives to DATA, and what ext4 takes for itself. */
const ROOM_BYTES = 2800 * MIB;

const test = suite();

test.beforeEach(() => {
  needs('ab-slots', 'report.system');
});

test('DATA has the room of its disk from the first boot on', async ({ machines }) => {
  await using vm = await machines.boot({ diskSizeBytes: DISK_BYTES });
  await expectGrown(vm);
  await vm.reboot();
  await expectGrown(vm);
  await expectWhole(await vm.shutdown());
});

test('a disk of the size of the image is not written to grow', async ({ machines, image }) => {
  await using vm = await machines.boot();
  await vm.waitForBoot();
  expect(vm.journal.entries.filter(({ message }) => /grows from/.test(message))).toEqual([]);
  const { sizeBytes } = partitionLabelled(await vm.readGpt(), DATA);
  expect(sizeBytes).toBe(partitionLabelled(image.gpt, DATA).sizeBytes);
});

describe('a power cut while DATA grows', () => {
  const LAST_MIB = { offset: DISK_BYTES - MIB, lengthBytes: MIB };
  const CUTS: readonly (readonly [string, Required<DiskFault>['within']])[] = [
    ['before the new backup of the table', LAST_MIB],
    ['between the backup and the primary', { offset: 0, lengthBytes: MIB }],
    ['within the growth of the file system', { offset: 3072 * MIB, lengthBytes: 1024 * MIB }],
  ];

  test.for(CUTS)('%s leaves a machine that goes on', async ([, place], { machines, image }) => {
    const small: DiskContent = await machines.record();
    const disk = await machines.record(padded(small, DISK_BYTES));
    disk.inject({ on: 'write', within: place, does: 'no-answer' });
    await using machine = await machines.assemble({ disk });
    const vm = await machine.start();
    await within(60_000, 'a write that grows DATA').race(vm.guard(disk.cut));
    vm.expectFailure();
    await vm.powerCut();

    await using again = await machines.boot({ disk: await machines.record(disk) });
    await expectGrown(again);
    const after = await again.shutdown();
    await expectWhole(after);
    expect(partitionLabelled(await after.readGpt(), DATA).firstByte).toBe(
      partitionLabelled(image.gpt, DATA).firstByte,
    );
  });
});

/** The content, with zeros behind it. */
function padded(content: DiskContent, sizeBytes: number): DiskContent {
  return {
    sizeBytes,
    read: (offset, lengthBytes) => {
      const bytes = Buffer.alloc(lengthBytes);
      const there = Math.max(0, Math.min(lengthBytes, content.sizeBytes - offset));
      if (there > 0) content.read(offset, there).copy(bytes);
      return bytes;
    },
  };
}

async function expectGrown(vm: Vm): Promise<void> {
  await vm.waitForBoot();
  expect(await sizeOf(vm, '/local')).toBeGreaterThan(ROOM_BYTES);
  expect((await vm.api.report.system()).failed_units).toEqual([]);
}

async function expectWhole(machine: PoweredOff): Promise<void> {
  const table = await machine.readGpt();
  expect(table.faults).toEqual({ primary: undefined, backup: undefined });
  expect(table.copiesAgree).toBe(true);
  const checked = await checkFileSystems(machine.disk, table.partitions);
  expect(checked.flatMap(({ fault }) => fault ?? [])).toEqual([]);
}
