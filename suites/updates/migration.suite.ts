import { expect, updateSuite } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import { prepareAndActivate, runningVersion, waitForSuccessMark } from '../support/updates.ts';

const test = updateSuite();

/** The reference OS takes it away with 0.2.0 (images/os/defaults/migrations.toml). */
const REMOVED = 'net.ipv4.tcp_tw_recycle';
const KEPT = 'vm.swappiness';

test('settings are migrated by updates and by rollbacks', async ({ vm, image, nextImage }) => {
  await commit(vm, { kernel: { sysctl: { [REMOVED]: '1', [KEPT]: '10' } } });
  await prepareAndActivate(vm);
  await vm.reboot();
  await waitForSuccessMark(vm);
  expect(await runningVersion(vm)).toBe(nextImage.manifest?.os.version);
  expect(await sysctls(vm)).toEqual({ [KEPT]: '10' });

  await commit(vm, { motd: 'set under the new version', kernel: { sysctl: { [KEPT]: '20' } } });
  await vm.api.updates.rollBack();
  await vm.reboot();
  expect(await runningVersion(vm)).toBe(image.manifest?.os.version);
  expect(await sysctls(vm)).toEqual({ [REMOVED]: '1', [KEPT]: '20' });
  expect(await motd(vm)).toBe('set under the new version');
});

async function sysctls(vm: Vm): Promise<unknown> {
  const { kernel } = await vm.api.settings();
  return (kernel as { sysctl?: unknown } | undefined)?.sysctl;
}
