import { expect, test } from 'vitest';

import { openImage } from '../../../harness/image/open.ts';
import type { OsProfile } from '../../../harness/os/profile.ts';
import { which } from '../../../harness/process/which.ts';
import { hostArchitecture } from '../../../harness/util/architecture.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { Events } from '../../../harness/util/events.ts';
import { startVm } from '../../../harness/vm/assemble.ts';
import type { Vm } from '../../../harness/vm/vm.ts';
import { buildExample } from '../build-example.ts';

/** The SDK may have to be built first, and everything is emulated. */
const TEST_MS = 600_000;
const arch = hostArchitecture();
const qemu = await which(`qemu-system-${arch}`);
/** The one mark that a silent machine never shows. */
const CONSOLE_ONLY: OsProfile['ready'] = { console: /\blogin: *$/, withinMs: 1000 };

const patiently = (): Deadline => Deadline.after(240_000, 'the machine to be ready');

test.skipIf(qemu === undefined)('a kernel that panics is named at once', { timeout: TEST_MS }, async () => {
  await using vm = await start('debian-panic');
  await expect(vm.waitForReady(patiently())).rejects.toThrow(/The machine crashed: .*Kernel panic/s);
});

test.skipIf(qemu === undefined)('a machine in a reboot loop is named', { timeout: TEST_MS }, async () => {
  await using vm = await start('debian-reboot-loop');
  await expect(vm.waitForReady(patiently())).rejects.toThrow(/The machine crashed: /);
});

test.skipIf(qemu === undefined)(
  'a silent console is named, not a time-out',
  { timeout: TEST_MS },
  async () => {
    await using vm = await start('debian-silent', CONSOLE_ONLY);
    await vm.console.waitFor(/BdsDxe: starting/, patiently());
    const waited = vm.waitForReady(Deadline.after(30_000, 'the machine to be ready'));
    await expect(waited).rejects.toThrow(/nothing on tty\w+ since the firmware.*add console=tty/s);
  },
);

async function start(example: string, ready?: OsProfile['ready']): Promise<Vm> {
  const { signal } = new AbortController();
  const { disk } = await buildExample({ example, arch, events: new Events(), signal });
  const image = await openImage(disk);
  const profile = ready === undefined ? image.profile : { ...image.profile, ready };
  const vm = await startVm({ image: { ...image, profile }, label: example });
  // What fails here fails on purpose, so it leaves no evidence.
  vm.expectFailure();
  return vm;
}
