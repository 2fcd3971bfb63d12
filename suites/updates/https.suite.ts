import {
  CertificateAuthority,
  ConnectProxy,
  FileService,
  SERVICES_ADDRESS,
  expect,
  serviceSocket,
  updateSuite,
  within,
} from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = updateSuite();

const HTTPS_PORT = 443;
const PROXY_PORT = 3128;
/** No name server that a machine reaches knows it. */
const BEHIND_PROXY = 'updates.example';
const CREDENTIALS = 'user:secret';
const YEAR_MS = 365 * 86_400_000;

test('updates are found over HTTPS from servers with a trusted certificate only', async ({
  machines,
  updates,
}) => {
  const authority = await CertificateAuthority.create('ours');
  const stranger = await CertificateAuthority.create('theirs');
  const good = await authority.issue(SERVICES_ADDRESS);
  const elsewhere = await authority.issue(BEHIND_PROXY);
  const socket = await serviceSocket();
  await using server = await FileService.listen(updates.service.files, socket, good);
  const behind = new Map([[`${BEHIND_PROXY}:${HTTPS_PORT}`, socket]]);
  const proxySocket = await serviceSocket();
  await using proxy = await ConnectProxy.listen(behind, proxySocket);
  const services = [updates, { port: HTTPS_PORT, socket }, { port: PROXY_PORT, socket: proxySocket }];
  await using vm = await machines.fork({ services });

  await configure(vm, { updates: addresses(SERVICES_ADDRESS) });
  await refreshes(vm, /an issuer that is not trusted; settings\.pki can add/);
  expect(server.requests).toEqual([]);

  await configure(vm, { pki: { ours: bundle(authority, true) } });
  await refreshes(vm, /^Success$/);
  expect(server.requests.map(({ path }) => path)).toContain('metadata/timestamp.json');

  const past = { from: new Date(0), to: new Date(Date.now() - YEAR_MS) };
  for (const [identity, reason] of [
    [elsewhere, /is for another name: .*updates\.example/],
    [await authority.issue(SERVICES_ADDRESS, past), /expired at \S+; it is 20/],
    [await stranger.issue(SERVICES_ADDRESS), /an issuer that is not trusted/],
  ] as const) {
    server.present(identity);
    expect(await outcome(vm)).toMatch(reason);
  }

  server.present(elsewhere);
  const proxied = `http://${CREDENTIALS}@${SERVICES_ADDRESS}:${PROXY_PORT}`;
  await configure(vm, { updates: addresses(BEHIND_PROXY), network: { 'https-proxy': proxied } });
  await refreshes(vm, /^Success$/);
  const authorization = `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`;
  expect(proxy.tunnels).toContainEqual({ target: `${BEHIND_PROXY}:${HTTPS_PORT}`, authorization });

  await configure(vm, { pki: { ours: bundle(authority, false) } });
  await refreshes(vm, /an issuer that is not trusted/);
});

test('bad certificates and proxies are refused when they are set', async ({ vm }) => {
  for (const [settings, reason] of [
    [{ pki: { ours: { data: '%' } } }, /settings\.pki\.ours\.data: this is not base64/],
    [{ pki: { ours: { data: Buffer.from('no PEM').toString('base64') } } }, /-----BEGIN CERTIFICATE-----/],
    [{ network: { 'https-proxy': 'http://secret:all' } }, /https-proxy: this is not the address of a proxy/],
  ] as const) {
    const refused = { status: 400, body: expect.stringMatching(reason) as unknown };
    await expect(vm.api.patchSettings(settings)).rejects.toMatchObject(refused);
  }
});

function addresses(host: string): Record<string, string> {
  const base = `https://${host}`;
  return { 'metadata-base-url': `${base}/metadata`, 'targets-base-url': `${base}/targets` };
}

function bundle({ certificate }: CertificateAuthority, trusted: boolean): Record<string, unknown> {
  return { data: Buffer.from(certificate).toString('base64'), trusted };
}

async function configure(vm: Vm, settings: Parameters<Vm['api']['patchSettings']>[0]): Promise<void> {
  await vm.api.patchSettings(settings);
  await vm.api.tx.commitAndApply();
}

/** What a refresh ended with: its status, or the reason of its failure. */
async function outcome(vm: Vm): Promise<string> {
  const { most_recent_command: command } = await vm.api.updates.run('refresh');
  return command?.cmd_status === 'Failed' ? String(command.stderr) : String(command?.cmd_status);
}

/** Settings reach the updater a little after they were committed. */
async function refreshes(vm: Vm, expected: RegExp): Promise<void> {
  let seen = 'nothing';
  const ended = async (): Promise<true | undefined> => {
    seen = await outcome(vm);
    return expected.test(seen) ? true : undefined;
  };
  await within(30_000, `a refresh to end with ${String(expected)}`).poll(ended, 50, () => seen);
}
