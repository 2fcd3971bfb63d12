import {
  containerSuite,
  describe,
  expect,
  faults,
  imageOf,
  layerOf,
  multiPlatform,
  needs,
} from '../../harness/index.ts';
import { hostContainer, setHostContainer, WORKLOAD } from './support/host-containers.ts';

const SECRET = 'hunter2-hunter2';
const USER_DATA = Buffer.from('a line of user-data\n').toString('base64');
const OWN = '/.bottlerocket/host-containers/current';

const test = containerSuite();

describe('a host container', () => {
  test('runs with its user-data, its output in the journal', async ({ vm, registry }) => {
    needs('report.host-containers');
    const source = `${registry.host}/workload:1`;
    const command = [WORKLOAD, 'cat', `${OWN}/user-data`];
    await setHostContainer(vm, 'admin', { source, enabled: true, command, 'user-data': USER_DATA });
    const line = await vm.journal.waitFor(/^a line of user-data$/);
    expect(line).toMatchObject({
      unit: 'host-containers@admin.service',
      identifier: 'host-containers@admin',
    });
    const ended = await hostContainer(vm, 'admin', ({ phase }) => phase === 'ended');
    expect(ended).toMatchObject({ source, enabled: true, exit_code: 0, last_error: null, restarts: 0 });
  });

  test('is stopped when it is disabled, with nothing left', async ({ vm, registry }) => {
    needs('report.host-containers');
    await setHostContainer(vm, 'admin', { source: `${registry.host}/sleep:1`, enabled: true });
    await hostContainer(vm, 'admin', ({ phase }) => phase === 'running');
    await setHostContainer(vm, 'admin', { enabled: false });
    expect(await hostContainer(vm, 'admin', ({ phase }) => phase === null)).toMatchObject({ enabled: false });
    await vm.journal.waitFor(/^Stopped host-containerd\.service/);
    const { failed_units } = await vm.api.report.system();
    expect(failed_units).toEqual([]);
  });

  test('sees the root of the host only if superpowered', async ({ vm, registry }) => {
    needs('report.host-containers');
    const source = `${registry.host}/workload:1`;
    const command = [WORKLOAD, 'ls', '/.bottlerocket/rootfs/usr/lib/systemd'];
    await setHostContainer(vm, 'plain', { source, enabled: true, command });
    await setHostContainer(vm, 'super', { source, enabled: true, command, superpowered: true });
    const seen = await vm.journal.waitFor(/^systemd-journald$/);
    expect(seen.unit).toBe('host-containers@super.service');
    const plain = await hostContainer(vm, 'plain', ({ phase }) => phase === 'ended');
    expect(plain.exit_code).not.toBe(0);
  });
});

describe('an image is refused with its name and the reason', () => {
  test('and nothing of it is kept', async ({ vm, registry, workloads }) => {
    needs('report.host-containers');
    const layer = await layerOf([
      { name: 'init', type: 'file', content: Buffer.from('no program'), mode: 0o755 },
    ]);
    const config = { Entrypoint: ['/init'] };
    const platform = { os: 'linux', architecture: 'riscv64' };
    const other = imageOf({ platform, layers: [layer], config });
    const images = new Map([
      ...workloads,
      ['other:1', other],
      ['other-index:1', multiPlatform([{ image: other, platform }])],
    ]);
    registry.publish(images);
    registry.service.inject(/exit\/blobs/, faults.corrupted());
    const refused = new Map([
      ['lacking', ['nothing:1', /not found/]],
      ['foreign', ['other:1', /linux\/riscv64|riscv64|platform/]],
      ['index', ['other-index:1', /no match for platform/]],
      ['altered', ['exit:1', /digest|unexpected/]],
    ] as const);
    for (const [name, [image]] of refused)
      await setHostContainer(vm, name, { source: `${registry.host}/${image}`, enabled: true });
    for (const [name, [image, reason]] of refused) {
      const { last_error } = await hostContainer(vm, name, ({ phase }) => phase === 'failed');
      expect(last_error).toContain(`image ${registry.host}/${image}: `);
      expect(last_error).toMatch(reason);
      await vm.journal.waitFor(({ unit, message }) => unit?.includes(name) === true && reason.test(message));
    }
  });

  test('and settings that cannot be right are refused when set', async ({ vm }) => {
    for (const [settings, reason] of [
      [
        { source: `https://user:${SECRET}@r.example/a` },
        /host-containers\.admin\.source: this is not an image ref/,
      ],
      [{ 'user-data': `${SECRET}!` }, /host-containers\.admin\.user-data: this is not base64/],
    ] as const) {
      const refusal = vm.api.patchSettings({ 'host-containers': { admin: settings } });
      await expect(refusal).rejects.toMatchObject({
        status: 400,
        body: expect.stringMatching(reason) as unknown,
      });
      await expect(refusal).rejects.not.toMatchObject({ body: expect.stringContaining(SECRET) as unknown });
    }
  });
});
