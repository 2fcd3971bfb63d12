import { isDeepStrictEqual } from 'node:util';

import { describe, expect, suite, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = suite();

describe('a transaction', () => {
  test('is invisible until it is committed', async ({ vm }) => {
    const before = await settingsOf(vm);
    await vm.api.patchSettings({ motd: 'not yet' }, { tx: 'unseen' });
    expect(await settingsOf(vm)).toEqual(before);
    expect(await vm.api.tx.get({ tx: 'unseen' })).toEqual({
      motd: 'not yet',
    });
    expect(await vm.api.tx.list()).toContain('unseen');
  });

  test('leaves nothing when it is deleted', async ({ vm }) => {
    const before = await settingsOf(vm);
    await vm.api.patchSettings({ motd: 'never' }, { tx: 'dropped' });
    expect(await vm.api.tx.delete({ tx: 'dropped' })).toEqual(['settings.motd']);
    expect(await vm.api.tx.get({ tx: 'dropped' })).toEqual({});
    expect(await settingsOf(vm)).toEqual(before);
  });

  test('becomes the settings and reports the changed keys', async ({ vm }) => {
    await vm.api.patchSettings({ motd: 'now', ntp: { 'time-servers': ['a.example'] } });
    const changed = await vm.api.tx.commit();
    expect(changed.sort()).toEqual(['settings.motd', 'settings.ntp.time-servers']);
    expect(await settingsOf(vm)).toMatchObject({ motd: 'now', ntp: { 'time-servers': ['a.example'] } });
  });

  test('is independent of another open transaction', async ({ vm }) => {
    await vm.api.patchSettings({ motd: 'left' }, { tx: 'left' });
    await vm.api.patchSettings({ network: { hostname: 'right' } }, { tx: 'right' });
    await vm.api.tx.commit({ tx: 'right' });
    expect(await vm.api.tx.get({ tx: 'left' })).toEqual({ motd: 'left' });
  });

  test('infers the types of key-value pairs', async ({ vm }) => {
    const pairs = ['settings.updates.ignore-waves=true', 'motd=from a pair'];
    await vm.api.patchKeypairs(pairs, { tx: 'pairs' });
    expect(await vm.api.tx.get({ tx: 'pairs' })).toEqual({
      motd: 'from a pair',
      updates: { 'ignore-waves': true },
    });
  });
});

describe('applied settings change the system', () => {
  test('host name, motd, time servers and sysctls', async ({ vm }) => {
    const wanted = {
      motd: 'applied',
      network: { hostname: 'applied-host' },
      ntp: { 'time-servers': ['one.example', 'two.example'] },
      kernel: { sysctl: { 'net.ipv4.ip_default_ttl': '77' } },
    };
    await vm.api.patchSettings(wanted);
    await vm.api.tx.commitAndApply();
    const expected = {
      hostname: 'applied-host',
      motd: 'applied\n',
      'time-servers': ['one.example', 'two.example'],
      sysctl: { 'net.ipv4.ip_default_ttl': '77' },
    };
    let seen: object = {};
    await within(10_000, 'the settings to be applied').poll(
      async () => {
        const { hostname, motd, sysctl, 'time-servers': servers } = await vm.api.report.system();
        seen = { hostname, motd, 'time-servers': servers, sysctl };
        return isDeepStrictEqual(seen, expected) ? true : undefined;
      },
      500,
      () => JSON.stringify(seen),
    );
  });
});

function settingsOf(vm: Vm): Promise<Record<string, unknown>> {
  return vm.api.settings();
}
