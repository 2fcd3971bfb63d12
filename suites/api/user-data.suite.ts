import { gzipSync } from 'node:zlib';

import { expect, suite, type Image } from '../../harness/index.ts';

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

/** As an EKS node gets it; a table beside `[settings]`, line ends of Windows and padded gzip are no faults upstream. */
const UPSTREAM = gzipSync(
  `[settings.kubernetes]
cluster-name = "harbour"
api-server = "https://k8s.example"
cluster-certificate = "c2VjcmV0"
bootstrap-token = "abcdef.0123456789abcdef"
max-pods = 29
[settings.kubernetes.node-labels]
"example.org/role" = "worker"
[settings.ecs]
cluster = "none"
[[settings.container-registry.credentials]]
registry = "registry.example"
password = "also secret"
[settings.host-containers.admin]
enabled = false
command = ["sleep"]
[settings]
motd = """
two
lines"""
ntp.time-servers = []
[fleet]
owner = "somebody else's"
`.replaceAll('\n', '\r\n'),
);

// Taken as upstream takes it: what nothing here applies is stored, and named in the journal without its values.
test('user-data for upstream boots, and what is not applied is reported', async ({ machines, image }) => {
  await using vm = await machines.boot({
    userData: [{ channel: 'fw-cfg', content: Buffer.concat([UPSTREAM, Buffer.alloc(512)]) }],
  });
  await vm.waitForBoot();

  expect(await vm.api.settings()).toMatchObject({
    motd: 'two\nlines',
    kubernetes: { 'cluster-name': 'harbour', 'max-pods': 29 },
  });
  expect(await vm.api.get('/report/settings')).toEqual({
    not_applied: notApplied(image),
    damaged_store: null,
  });
  expect((await vm.api.report.system())['time-servers']).toEqual([]);
  const journal = vm.journal.entries.map(({ message }) => message);
  expect(journal).toContainEqual(expect.stringContaining(notApplied(image).join(', ')));
  expect(journal).toContainEqual(expect.stringContaining('ignoring 512 bytes after its gzip data'));
  expect(journal).toContainEqual(expect.stringContaining('ignoring what is beside [settings]: fleet'));
  expect(journal.join('\n')).not.toMatch(/secret|c2VjcmV0|abcdef/);
});

function notApplied({ capabilities }: Image): string[] {
  // Of the metadata service.
  return [...(capabilities.has('user-data.imds') ? ['settings.aws.region'] : []), ...NOT_APPLIED];
}

const NOT_APPLIED = [
  'settings.ecs.cluster',
  'settings.kubernetes.api-server',
  'settings.kubernetes.bootstrap-token',
  'settings.kubernetes.cluster-certificate',
  'settings.kubernetes.cluster-name',
  'settings.kubernetes.max-pods',
  'settings.kubernetes.node-labels."example.org/role"',
];

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
