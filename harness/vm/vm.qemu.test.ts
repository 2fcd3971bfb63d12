import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { openImage } from '../image/open.ts';
import { unbootableDisk } from '../image/testing/unbootable-disk.ts';
import { Deadline } from '../util/deadline.ts';
import { scratchDirectory } from '../util/testing/scratch.ts';
import { InfrastructureError } from '../util/errors.ts';
import { which } from '../process/which.ts';
import { assemble } from './assemble.ts';
import { startVm } from './assemble.ts';
import type { MachineSpec } from './spec.ts';

const qemu = await which('qemu-system-x86_64');

const soon = (what: string): Deadline => Deadline.after(120_000, what);

/** A disk on which the firmware finds nothing to boot: it says so on the console and then waits for a key. */
async function emptyMachine(): Promise<MachineSpec> {
  return { image: await openImage(await unbootableDisk()), memoryMiB: 256, cpus: 1, label: 'self-test' };
}

describe.skipIf(qemu === undefined)('a machine with real firmware (needs qemu-system-x86_64)', () => {
  test(
    'speaks, loses its power, keeps its disk, starts again, and leaves nothing',
    { timeout: 360_000 },
    async () => {
      const machine = await assemble(await emptyMachine());
      onTestFinished(() => machine[Symbol.asyncDispose]());
      const vm = await machine.start();
      await vm.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak'));
      expect(vm.timeline.marks.firmware).toBeGreaterThan(0);
      expect(await vm.qmp.execute('query-status', undefined, soon('QMP'))).toMatchObject({
        status: 'running',
      });

      const off = await vm.powerCut();
      await expect(vm.console.waitFor(/more/, soon('nothing'))).rejects.toThrow(
        /self-test-\w+ is off; boot what/,
      );
      expect((await off.readGpt()).copiesAgree).toBe(true);

      await using again = await off.start();
      await again.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak again'));
      expect(await readFile(machine.directory.file('qemu.argv'), 'utf8')).toMatch(
        /qemu-system-x86_64 .*-S\n$/,
      );
      await again[Symbol.asyncDispose]();
      expect(existsSync(machine.directory.path)).toBe(false);
    },
  );

  test('a QEMU that dies ends every wait as a host failure', { timeout: 360_000 }, async () => {
    const vm = await startVm(await emptyMachine());
    onTestFinished(async () => {
      await vm[Symbol.asyncDispose]();
    });
    await vm.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak'));
    const wait = vm.waitForApi(soon('the API'));
    const pid = Number(await pidOf(vm.directory.path));
    process.kill(pid, 'SIGKILL');
    await expect(wait).rejects.toThrow(/QEMU was killed \(SIGKILL\) from outside/);
    const later = vm.api.os({ deadline: soon('the API') });
    await expect(later).rejects.toBeInstanceOf(InfrastructureError);
    await vm.waitForFailure(soon('the failure'));
  });

  test(
    'an unexpected reset fails the machine, one by the button does not',
    { timeout: 360_000 },
    async () => {
      await using vm = await startVm(await emptyMachine());
      await vm.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak'));
      const from = vm.console.position;
      await vm.reset(soon('the reset'));
      await vm.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak again'), { from });
      expect(vm.failure).toBeUndefined();
      const failure = vm.waitForFailure(soon('the failure'));
      await vm.qmp.execute('system_reset', undefined, soon('QMP'));
      expect((await failure).message).toMatch(
        /The machine crashed: it reset itself\n.*console's last \d+ lines:/s,
      );
    },
  );

  test('a machine that hangs shows where its CPUs are', { timeout: 360_000 }, async () => {
    await using vm = await startVm(await emptyMachine());
    await vm.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak'));
    const wait = vm.waitForApi(Deadline.after(20_000, 'the API'));
    await expect(wait).rejects.toThrow(/^Silent for \d+ s: CPU 0 at [0-9a-f]{8,16}( \(halted\))?$/m);
  });

  test('a failed machine leaves what its display showed', { timeout: 360_000 }, async () => {
    const evidenceDirectory = (await scratchDirectory())('evidence');
    const machine = await assemble({ ...(await emptyMachine()), display: true, evidenceDirectory });
    machine.markFailed();
    const vm = await machine.start();
    await vm.console.waitFor(/BdsDxe|UEFI/, soon('the firmware to speak'));
    await vm[Symbol.asyncDispose]();
    const png = await readFile(join(evidenceDirectory, 'screen.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  });

  test('an aborted signal kills the machine', { timeout: 360_000 }, async () => {
    const abort = new AbortController();
    await using vm = await startVm(await emptyMachine(), { signal: abort.signal });
    const wait = vm.waitForApi(soon('the API'));
    abort.abort(new Error('interrupted by the user'));
    await expect(wait).rejects.toThrow('interrupted by the user');
    await vm.waitForFailure(soon('the failure'));
  });
});

/** The process whose working directory this is: QEMU alone works in its machine's directory. */
async function pidOf(directory: string): Promise<string> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    if ((await readlink(`/proc/${pid}/cwd`).catch(() => '')) === directory) return pid;
  }
  throw new Error(`No process works in ${directory}.`);
}
