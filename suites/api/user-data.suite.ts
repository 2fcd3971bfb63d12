import { gzipSync } from 'node:zlib';

import { bootFinished, coldSuite, expect, within } from '../../harness/index.ts';

const test = coldSuite({ requires: ['bridge', 'report.system'] });

const soon = (what: string) => ({ deadline: within(5000, what) });

test('user-data is taken from PRIVATE, CD-ROM and fw_cfg, plain or gzip; for the same setting the last of them wins', async ({
  machines,
  needs,
}) => {
  await needs('user-data.private', 'user-data.cd-rom', 'user-data.fw-cfg');
  await using vm = await machines.boot({
    userData: [
      {
        channel: 'private',
        content: `
          [settings]
          motd = "from PRIVATE"
          network.hostname = "from-private"
          kernel.sysctl."net.ipv4.ip_default_ttl" = "71"`,
      },
      {
        channel: 'cd-rom',
        content: gzipSync(`
          [settings]
          motd = "from the CD-ROM"
          network.hostname = "from-cd-rom"
          ntp.time-servers = ["from.cd-rom.example"]`),
      },
      { channel: 'fw-cfg', content: '[settings]\nmotd = "from fw_cfg"\n' },
    ],
  });
  await bootFinished(vm, within(30_000, 'all units to start'));

  const system = await vm.api.report.system(soon('the system report'));
  expect(system.motd?.trim()).toBe('from fw_cfg');
  expect(system.hostname).toBe('from-cd-rom');
  expect(system['time-servers']).toEqual(['from.cd-rom.example']);
  expect(system.sysctl).toEqual({ 'net.ipv4.ip_default_ttl': '71' });
});

test('user-data is read once: what the API changed later survives a reboot', async ({ machines, needs }) => {
  await needs('user-data.fw-cfg');
  await using vm = await machines.boot({
    userData: [{ channel: 'fw-cfg', content: '[settings]\nmotd = "of the first boot"\n' }],
  });
  await bootFinished(vm, within(30_000, 'all units to start'));
  await vm.api.patchSettings({ motd: 'changed since' }, soon('a patch'));
  await vm.api.tx.commit(soon('a commit'));

  await vm.reboot(within(60_000, 'the machine to be back after a reboot'));
  expect(await vm.api.settings(soon('the settings'))).toMatchObject({ motd: 'changed since' });
});

test('a machine without user-data boots with the default settings', async ({ machines }) => {
  await using vm = await machines.boot();
  await bootFinished(vm, within(30_000, 'all units to start'));
  const settings = await vm.api.settings(soon('the settings'));
  expect(settings).toMatchObject({ motd: 'Welcome to Sparkler!', updates: { 'version-lock': 'latest' } });
});
