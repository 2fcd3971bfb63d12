import { gzipSync } from 'node:zlib';

import { expect, suite } from '../../harness/index.ts';

const test = suite();

// Plain and gzip; the order of precedence is PRIVATE, CD-ROM, fw_cfg.
test('user-data from three channels is merged, the last wins', async ({ machines }) => {
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
  await vm.waitForBoot();

  const system = await vm.api.report.system();
  expect(system.motd?.trim()).toBe('from fw_cfg');
  expect(system.hostname).toBe('from-cd-rom');
  expect(system['time-servers']).toEqual(['from.cd-rom.example']);
  expect(system.sysctl).toEqual({ 'net.ipv4.ip_default_ttl': '71' });
});

test('user-data is not applied again after a reboot', async ({ machines }) => {
  await using vm = await machines.boot({
    userData: [{ channel: 'fw-cfg', content: '[settings]\nmotd = "of the first boot"\n' }],
  });
  await vm.waitForBoot();
  await vm.api.patchSettings({ motd: 'changed since' });
  await vm.api.tx.commit();

  await vm.reboot();
  expect(await vm.api.settings()).toMatchObject({ motd: 'changed since' });
});

test('a machine without user-data has the default settings', async ({ machines }) => {
  await using vm = await machines.boot();
  await vm.waitForBoot();
  const settings = await vm.api.settings();
  expect(settings).toMatchObject({ motd: 'Welcome to Sparkler!', updates: { 'version-lock': 'latest' } });
});
