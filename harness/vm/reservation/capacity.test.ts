import { mkdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';

import { describe, expect, test } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { cpusOfGroups, hostCapacity } from './capacity.ts';

describe('the capacity of a host', () => {
  const GIB = 2 ** 30;
  const limits = {
    memoryBytes: 10 * GIB,
    groupMemoryBytes: 0,
    availableBytes: 3 * GIB,
    cpus: 4,
    groupCpus: Infinity,
  };

  test.for([
    ['of its memory without a limit of its group', {}, 9216, 12],
    ['of its memory under an enormous limit', { groupMemoryBytes: 2 ** 63 }, 9216, 12],
    ['of what its control group may take', { groupMemoryBytes: 2 * GIB }, 1843, 12],
    ['of the CPU time of its control group', { groupCpus: 1.5 }, 9216, 5],
    ['of its CPUs where its group may have more', { groupCpus: 64 }, 9216, 12],
  ] as const)('is a share %s', ([, own, memoryMiB, cpus]) => {
    expect(hostCapacity({ ...limits, ...own })).toEqual({ memoryMiB, cpus, availableMiB: 3072 });
  });

  test('is what Node and the kernel report of this host', () => {
    const { memoryMiB, cpus, availableMiB } = hostCapacity();
    expect(memoryMiB).toBeGreaterThan(0);
    expect(memoryMiB).toBeLessThan(totalmem() / 2 ** 20);
    expect(cpus).toBeGreaterThan(0);
    expect(availableMiB).toBeGreaterThan(0);
  });

  test('has the CPUs of the smallest group around it', async () => {
    const scratch = await scratchDirectory();
    mkdirSync(scratch('group/outer/inner'), { recursive: true });
    writeFileSync(scratch('membership'), '1:cpu:/old\n0::/outer/inner\n');
    const found = (): number => cpusOfGroups(scratch('group'), scratch('membership'));
    expect(found()).toBe(Infinity);
    writeFileSync(scratch('group/outer/inner/cpu.max'), 'max 100000\n');
    expect(found()).toBe(Infinity);
    writeFileSync(scratch('group/outer/inner/cpu.max'), '300000 100000\n');
    writeFileSync(scratch('group/outer/cpu.max'), '150000 100000\n');
    expect(found()).toBe(1.5);
    writeFileSync(scratch('group/cpu.max'), '50000 100000\n');
    expect(found()).toBe(0.5);
  });
});
