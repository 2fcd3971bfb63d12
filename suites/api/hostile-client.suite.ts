import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';

import { Deadline, describe, expect, suite, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = suite();

/** More than the host API keeps, and fewer than the bridge takes. */
const CROWD = 100;
const SECRET = 'hunter2-hunter2-hunter2';

/** After 30 s of waiting the server itself ends what others have begun, and whoever comes is answered, slow host or not. */
const AT_ONCE_MS = 20_000;
const atOnce = (): Deadline => Deadline.after(AT_ONCE_MS, 'the API to answer at once');

/** 1000 keys of it are more than an argument of a program may hold. */
const LONG_NAME = `net.${'no_such_parameter_'.repeat(6)}`;

/** What each client of a crowd sends, and no more. */
const UNFINISHED = [
  ['nothing', ''],
  ['half a head', 'GET /settings HTTP/1.1\r\nhost:'],
  [
    'half a body',
    `PATCH /settings HTTP/1.1\r\nhost: x\r\ncontent-length: 300000\r\n\r\n${' '.repeat(200_000)}`,
  ],
] as const;

describe('the host API answers, whatever a client does', () => {
  test('keys, nesting and queries without measure are refused', async ({ vm }) => {
    const deep = Array.from({ length: 40_000 }, () => 'a').join('.');
    const nested = `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`;
    for (const request of [
      { method: 'PATCH', path: '/settings/keypair', body: { request_payload: [`${deep}=1`] } },
      { method: 'PATCH', path: '/settings', body: nested },
      { method: 'GET', path: '/metadata/affected-services', query: { keys: deep.slice(0, 60_001) } },
    ] as const) {
      expect((await vm.api.request({ ...request })).status).toBe(400);
    }
    await answersAtOnce(vm);
  });

  test.for(UNFINISHED)(`after ${CROWD} clients that send %s`, async ([, sent], { vm }) => {
    await vm.waitForBoot();
    const crowd = Array.from({ length: CROWD }, () => vm.bridge.open('api'));
    const ends = crowd.map((client) => finished(client, { readable: false }).catch(() => undefined));
    for (const client of crowd) client.write(sent);
    await answersAtOnce(vm);
    expect(await askAnew(vm)).toMatch(/^HTTP\/1\.1 200 /);
    for (const client of crowd) client.destroy();
    await Promise.all(ends);
  });

  test('a setting of thousands of keys is applied', async ({ vm }) => {
    await vm.waitForBoot();
    const names = Array.from({ length: 1000 }, (_, index) => `${LONG_NAME}${index}`);
    const sysctl = Object.fromEntries([...names, 'net.ipv4.ip_default_ttl'].map((name) => [name, '73']));
    await vm.api.patchSettings({ motd: 'with thousands', kernel: { sysctl } });
    expect(await vm.api.tx.commitAndApply()).toHaveLength(names.length + 2);
    await within(20_000, 'the settings to be applied').poll(async () => {
      const { motd } = await vm.api.report.system();
      return motd === 'with thousands\n' ? true : undefined;
    }, 500);
  });
});

describe('settings give no more than they say', () => {
  test('what the kernel runs or protects itself with is refused', async ({ vm }) => {
    for (const [name, value, reason] of [
      ['kernel.core_pattern', '|/tmp/x', /kernel\.core_pattern: it cannot be set: it names a program/],
      ['kernel/modprobe', '/tmp/x', /kernel\/modprobe: it cannot be set: it names a program/],
      ['kernel.kptr_restrict', '0', /kernel\.kptr_restrict: it takes 1 to 2 only/],
    ] as const) {
      const body = { kernel: { sysctl: { [name]: value } } };
      const refusal = await vm.api.request({ method: 'PATCH', path: '/settings', body });
      expect(refusal).toMatchObject({ status: 400, text: expect.stringMatching(reason) as unknown });
    }
    expect(await vm.api.tx.get()).toEqual({});
  });

  test('a value that is refused is in no answer, journal or console', async ({ vm }) => {
    await vm.waitForBoot();
    for (const body of [
      { motd: [SECRET] },
      { 'host-containers': { admin: { 'user-data': `${SECRET}!` } } },
      { updates: { 'metadata-base-url': `ftp://user:${SECRET}@updates.example/` } },
    ]) {
      const refusal = await vm.api.request({ method: 'PATCH', path: '/settings', body });
      expect(refusal).toMatchObject({ status: 400, text: expect.not.stringContaining(SECRET) as unknown });
    }
    // The API takes this one, and the kernel doesn't.
    await vm.api.patchSettings({ kernel: { sysctl: { 'net.ipv4.ip_default_ttl': SECRET } } });
    await vm.api.tx.commitAndApply();
    await vm.journal.waitFor(({ message }) => message.includes('ip_default_ttl: the kernel does not take'));
    expect(vm.journal.entries.filter(({ message }) => message.includes(SECRET))).toEqual([]);
    expect(vm.console.tail(Infinity).join('\n')).not.toContain(SECRET);
  });
});

/** A connection that was idle may have been closed to make room, and whoever used it connects again. */
async function answersAtOnce(vm: Vm): Promise<void> {
  const answered = await atOnce().poll(
    () => vm.api.settings({ prefix: 'settings.motd' }).catch(() => undefined),
    100,
  );
  expect(answered).toHaveProperty('motd');
}

/** The same from a client that has no connection yet, for which one of the crowd's must go. */
async function askAnew(vm: Vm): Promise<string> {
  const client = vm.bridge.open('api');
  client.write('GET /settings?prefix=settings.motd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  return atOnce().race(text(client));
}
