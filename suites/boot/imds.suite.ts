import { gzipSync } from 'node:zlib';

import { expect, faults, needs, serveImds, suite } from '../../harness/index.ts';

const test = suite();

test.beforeEach(() => {
  needs('user-data.imds', 'host-api');
});

const USER_DATA = '[settings]\nmotd = "from the metadata service"\n';
const TOKEN = 'x-aws-ec2-metadata-token';
const SECRET = 'hunter2-hunter2';

test('user-data and region come from the metadata service', async ({ machines }) => {
  await using imds = await serveImds({
    userData: gzipSync(USER_DATA),
    instance: { region: 'eu-north-1', availabilityZone: 'eu-north-1b' },
  });
  await using vm = await machines.boot({ services: [imds] });
  await vm.waitForBoot();

  expect(await vm.api.settings()).toMatchObject({
    motd: 'from the metadata service',
    aws: { region: 'eu-north-1' },
  });
  const [first, ...others] = imds.service.requests;
  expect(first).toMatchObject({ method: 'PUT', path: 'latest/api/token', status: 200 });
  // The second version only: nothing is asked without a token.
  expect(others.map(({ status, headers }) => [status, headers[TOKEN] !== undefined])).toEqual([
    [200, true],
    [200, true],
  ]);
});

test('the firmware channel overrides the metadata service', async ({ machines }) => {
  await using vm = await machines.boot({
    userData: [
      { channel: 'imds', content: `${USER_DATA}network.hostname = "in-a-cloud"\n` },
      { channel: 'fw-cfg', content: '[settings]\nmotd = "from fw_cfg"\n' },
    ],
  });
  await vm.waitForBoot();
  expect(await vm.api.report.system()).toMatchObject({
    motd: expect.stringContaining('from fw_cfg') as string,
    hostname: 'in-a-cloud',
  });
});

test('an instance without user-data boots', async ({ machines }) => {
  await using imds = await serveImds();
  await using vm = await machines.boot({ services: [imds] });
  await vm.waitForBoot();
  expect(await vm.api.settings()).toMatchObject({
    motd: 'Welcome to Sparkler!',
    aws: { region: 'us-west-2' },
  });
  expect(imds.service.requests.at(-1)).toMatchObject({ path: '2021-07-15/user-data', status: 404 });
});

test('a busy metadata service only delays a boot', async ({ machines }) => {
  await using imds = await serveImds({ userData: USER_DATA });
  imds.service.inject(/api\/token$/, faults.firstTimes(2, faults.answers(503)));
  imds.service.inject(/identity/, faults.firstTimes(1, faults.answers(401)));
  imds.service.inject(/user-data$/, faults.firstTimes(1, faults.cutAfter(4)));
  await using vm = await machines.boot({ services: [imds] });
  await vm.waitForBoot();
  expect(await vm.api.settings()).toMatchObject({ motd: 'from the metadata service' });
  expect(imds.service.requests.filter(({ complete }) => !complete)).toHaveLength(1);
});

test.for([
  ['refuses', faults.answers(403), /answers 403/],
  [
    'gives bad user-data',
    faults.replacedBy(Buffer.from(`[settings]\nmotd = "${SECRET}\n`)),
    /line 2, column \d+/,
  ],
] as const)('a metadata service that %s stops the boot', async ([, fault, complaint], { machines }) => {
  await using imds = await serveImds({ userData: USER_DATA });
  imds.service.inject(/user-data$/, fault);
  await using vm = await machines.boot({ services: [imds] });
  const { message } = await vm.journal.waitFor(
    ({ unit, priority, message }) =>
      unit === 'early-boot-config.service' && priority !== undefined && message.includes('40-ec2-imds'),
  );
  await vm.waitForBoot();
  expect(message).toMatch(complaint);
  expect(vm.console.tail(Infinity).join('\n')).not.toContain(SECRET);
  expect((await vm.api.report.system()).failed_units).toContain('early-boot-config.service');
});

test('what was set at the first boot stays without the service', async ({ machines }) => {
  await using imds = await serveImds({ userData: USER_DATA });
  await using vm = await machines.boot({ services: [imds] });
  await vm.waitForBoot();
  const asked = imds.service.requests.length;
  imds.service.inject(/./, faults.answers(403));
  await vm.reboot();
  await vm.waitForBoot();
  expect(await vm.api.settings()).toMatchObject({ motd: 'from the metadata service' });
  expect(imds.service.requests).toHaveLength(asked);
});
