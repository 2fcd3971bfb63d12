import { coldSuite, expect, offer, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';
import { commit, motd } from '../support/settings.ts';
import { bootIsGood, makeReady, reboot, runningVersion } from './support/commands.ts';

const test = coldSuite({ requires: ['bridge', 'updates', 'ab-slots'] });

/** The reference OS takes it away with 0.2.0 (images/os/defaults/migrations.toml). */
const REMOVED = 'net.ipv4.tcp_tw_recycle';
const KEPT = 'vm.swappiness';

test('settings take the form of the new version, and that of the old one again on the way back', async ({
  machines,
  image,
  nextImage,
}) => {
  await using updates = await offer([nextImage]);
  await using vm = await machines.fork({ services: [updates] });
  await commit(vm, { kernel: { sysctl: { [REMOVED]: '1', [KEPT]: '10' } } });
  await makeReady(vm);
  await reboot(vm);
  await bootIsGood(vm);
  expect(await runningVersion(vm)).toBe(nextImage.manifest?.os.version);
  expect(await sysctls(vm)).toEqual({ [KEPT]: '10' });

  await commit(vm, { motd: 'set under the new version', kernel: { sysctl: { [KEPT]: '20' } } });
  await vm.api.updates.rollBack({ deadline: within(10_000, 'the way back to be chosen') });
  await reboot(vm);
  expect(await runningVersion(vm)).toBe(image.manifest?.os.version);
  expect(await sysctls(vm)).toEqual({ [REMOVED]: '1', [KEPT]: '20' });
  expect(await motd(vm)).toBe('set under the new version');
});

async function sysctls(vm: Vm): Promise<unknown> {
  const { kernel } = await vm.api.settings({ deadline: within(10_000, 'the settings') });
  return (kernel as { sysctl?: unknown } | undefined)?.sysctl;
}
