import { isDeepStrictEqual } from 'node:util';

import { bootFinished, describe, expect, suite, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = suite({ requires: ['bridge'] });

const soon = (what: string) => ({ deadline: within(5000, what) });

// The defaults are settings only when the boot has committed them.
test.beforeEach(async ({ vm }) => {
  await bootFinished(vm, within(30_000, 'all units to start'));
});

describe('a transaction', () => {
  test('is seen by nobody until it is committed', async ({ vm }) => {
    const before = await settingsOf(vm);
    await vm.api.patchSettings({ motd: 'not yet' }, { tx: 'unseen', ...soon('a patch') });
    expect(await settingsOf(vm)).toEqual(before);
    expect(await vm.api.tx.get({ tx: 'unseen', ...soon('the pending settings') })).toEqual({
      motd: 'not yet',
    });
    expect(await vm.api.tx.list(soon('the transactions'))).toContain('unseen');
  });

  test('can be dropped, and leaves nothing', async ({ vm }) => {
    const before = await settingsOf(vm);
    await vm.api.patchSettings({ motd: 'never' }, { tx: 'dropped', ...soon('a patch') });
    expect(await vm.api.tx.delete({ tx: 'dropped', ...soon('a deletion') })).toEqual(['settings.motd']);
    expect(await vm.api.tx.get({ tx: 'dropped', ...soon('what is left') })).toEqual({});
    expect(await settingsOf(vm)).toEqual(before);
  });

  test('becomes the settings when it is committed, and tells what changed', async ({ vm }) => {
    await vm.api.patchSettings({ motd: 'now', ntp: { 'time-servers': ['a.example'] } }, soon('a patch'));
    const changed = await vm.api.tx.commit(soon('a commit'));
    expect(changed.sort()).toEqual(['settings.motd', 'settings.ntp.time-servers']);
    expect(await settingsOf(vm)).toMatchObject({ motd: 'now', ntp: { 'time-servers': ['a.example'] } });
  });

  test('does not disturb another one that is open beside it', async ({ vm }) => {
    await vm.api.patchSettings({ motd: 'left' }, { tx: 'left', ...soon('a patch') });
    await vm.api.patchSettings({ network: { hostname: 'right' } }, { tx: 'right', ...soon('a patch') });
    await vm.api.tx.commit({ tx: 'right', ...soon('a commit') });
    expect(await vm.api.tx.get({ tx: 'left', ...soon('the other one') })).toEqual({ motd: 'left' });
  });

  test('takes pairs of key and value, and finds their types', async ({ vm }) => {
    const pairs = ['settings.updates.ignore-waves=true', 'motd=from a pair'];
    await vm.api.patchKeypairs(pairs, { tx: 'pairs', ...soon('a patch') });
    expect(await vm.api.tx.get({ tx: 'pairs', ...soon('what was understood') })).toEqual({
      motd: 'from a pair',
      updates: { 'ignore-waves': true },
    });
  });
});

describe('applying changes the system itself', () => {
  test('host name, message of the day, time servers and kernel parameters', async ({ vm, needs }) => {
    await needs('report.system');
    const wanted = {
      motd: 'applied',
      network: { hostname: 'applied-host' },
      ntp: { 'time-servers': ['one.example', 'two.example'] },
      kernel: { sysctl: { 'net.ipv4.ip_default_ttl': '77' } },
    };
    await vm.api.patchSettings(wanted, soon('a patch'));
    await vm.api.tx.commitAndApply(soon('a commit'));
    const expected = {
      hostname: 'applied-host',
      motd: 'applied\n',
      'time-servers': ['one.example', 'two.example'],
      sysctl: { 'net.ipv4.ip_default_ttl': '77' },
    };
    let seen: object = {};
    await within(10_000, 'the settings to be applied').poll(
      async () => {
        const {
          hostname,
          motd,
          sysctl,
          'time-servers': servers,
        } = await vm.api.report.system(soon('a report'));
        seen = { hostname, motd, 'time-servers': servers, sysctl };
        return isDeepStrictEqual(seen, expected) ? true : undefined;
      },
      500,
      () => JSON.stringify(seen),
    );
  });
});

function settingsOf(vm: Vm): Promise<Record<string, unknown>> {
  return vm.api.settings(soon('the settings'));
}
