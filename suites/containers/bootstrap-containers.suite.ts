import { containerSuite, describe, expect, needs } from '../../harness/index.ts';
import type { Registry } from '../../harness/index.ts';
import { WORKLOAD } from './support/host-containers.ts';

const test = containerSuite();

interface Settings {
  readonly mode: 'once' | 'always';
  readonly essential: boolean;
  readonly command: readonly string[];
}

describe('a bootstrap container', () => {
  test('runs once, before the boot goes on', async ({ machines, registry }) => {
    needs('report.host-containers');
    const command = [WORKLOAD, 'ls', '/.bottlerocket/rootfs/usr/lib/systemd'];
    const content = userData(registry, { mode: 'once', essential: true, command });
    await using vm = await machines.boot({
      services: [registry],
      userData: [{ channel: 'cd-rom', content }],
    });
    await vm.waitForBoot();
    const ran = await vm.journal.waitFor(/^systemd-journald$/);
    expect(ran.unit).toBe('bootstrap-containers@disk.service');
    const configured = await vm.journal.waitFor(/^Reached target configured\.target/);
    expect(ran.monotonicUs).toBeLessThan(configured.monotonicUs);
    expect((await vm.api.settings())['bootstrap-containers']).toMatchObject({ disk: { mode: 'off' } });
    const { 'bootstrap-containers': told } = await vm.api.report.hostContainers();
    expect(told['disk']).toMatchObject({ phase: 'ended', exit_code: 0, mode: 'off' });
  });

  test('that is essential and fails ends the boot there', async ({ machines, registry }) => {
    needs('report.host-containers');
    const command = [WORKLOAD, 'exit', '7'];
    const content = userData(registry, { mode: 'always', essential: true, command });
    await using vm = await machines.boot({
      services: [registry],
      userData: [{ channel: 'cd-rom', content }],
    });
    await vm.waitForBoot();
    const { failed_units } = await vm.api.report.system();
    expect(failed_units).toEqual(
      expect.arrayContaining(['bootstrap-containers.service', 'bootstrap-containers@disk.service']),
    );
    expect(vm.journal.entries.map(({ message }) => message)).not.toContain(
      'Started containerd.service - containerd container runtime.',
    );
    const { 'bootstrap-containers': told } = await vm.api.report.hostContainers();
    expect(told['disk']).toMatchObject({ phase: 'ended', exit_code: 7, mode: 'always' });
  });

  test('that is not essential and fails stops nothing', async ({ machines, registry }) => {
    needs('report.host-containers');
    const command = [WORKLOAD, 'exit', '7'];
    const content = userData(registry, { mode: 'always', essential: false, command });
    await using vm = await machines.boot({
      services: [registry],
      userData: [{ channel: 'cd-rom', content }],
    });
    await vm.journal.waitFor(/^Started containerd\.service/);
    await vm.journal.waitFor(/bootstrap container disk failed; it is not essential/);
  });
});

function userData(registry: Registry, { mode, essential, command }: Settings): string {
  return `[settings.bootstrap-containers.disk]
source = "${registry.host}/workload:1"
mode = "${mode}"
essential = ${essential}
command = ${JSON.stringify(command)}
`;
}
