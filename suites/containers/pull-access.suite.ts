import {
  CertificateAuthority,
  SERVICES_ADDRESS,
  basicAuth,
  containerSuite,
  expect,
  needs,
  serveRegistry,
  tokenAuth,
  within,
} from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';
import { refuses, tags } from './support/pulls.ts';

const test = containerSuite();

const HTTPS_PORT = 443;
const POLL_MS = 200;
const CREDENTIALS = { username: 'user', password: 'se"cret' };

test('a registry over HTTPS is trusted by settings.pki', async ({ machines, registry, workloads }) => {
  needs('cri');
  const authority = await CertificateAuthority.create('ours');
  const stranger = await CertificateAuthority.create('theirs');
  const identity = await authority.issue(SERVICES_ADDRESS);
  await using secured = await serveRegistry(workloads, { port: HTTPS_PORT, identity, mirrors: [] });
  const { socket, port } = secured;
  await using vm = await machines.fork({ services: [registry, { socket, port }] });
  const name = `${SERVICES_ADDRESS}/counter:1`;

  await refuses(vm, name, /x509: certificate signed by unknown authority/);
  const data = Buffer.from(authority.certificate).toString('base64');
  await configure(vm, { pki: { ours: { data, trusted: true } } });
  await pullsAtLast(vm, name);
  expect(await tags(vm)).toEqual([name]);

  secured.service.present(await stranger.issue(SERVICES_ADDRESS));
  await refuses(vm, `${SERVICES_ADDRESS}/http:1`, /x509: certificate signed by unknown authority/);
});

test.for(['user and password', 'a token'] as const)(
  'a registry that wants %s gets it from the settings',
  async (wanted, { vm, registry }) => {
    registry.service.gate =
      wanted === 'a token' ? tokenAuth(registry.url, CREDENTIALS) : basicAuth(CREDENTIALS);
    const name = `${registry.host}/counter:1`;
    await refuses(vm, name, /authoriz|401 Unauthorized|no basic auth credentials/);
    await configure(vm, credentials(registry.host, CREDENTIALS));
    await pullsAtLast(vm, name);
    expect(await tags(vm)).toEqual([name]);
    await configure(vm, credentials(registry.host, { ...CREDENTIALS, password: 'wrong' }));
    await refusesAtLast(vm, `${registry.host}/http:1`, /authoriz|401 Unauthorized/);
  },
);

test('credentials that come with a pull are used for it alone', async ({ vm, registry }) => {
  registry.service.gate = basicAuth(CREDENTIALS);
  await vm.cri.pull(`${registry.host}/counter:1`, { auth: CREDENTIALS });
  await refuses(vm, `${registry.host}/http:1`, /authoriz|401 Unauthorized|no basic auth credentials/);
});

function credentials(registry: string, shown: typeof CREDENTIALS): object {
  return { 'container-registry': { credentials: [{ registry, ...shown }] } };
}

/** containerd starts again with such settings, a little after they were committed. */
async function pullsAtLast(vm: Vm, name: string): Promise<void> {
  let seen = 'nothing';
  const pulled = async (): Promise<true | undefined> =>
    vm.cri.pull(name).then(
      () => true,
      (error: unknown) => {
        seen = String(error);
        return undefined;
      },
    );
  await within(60_000, `a pull of ${name} by the new settings`).poll(pulled, POLL_MS, () => seen);
}

async function refusesAtLast(vm: Vm, name: string, reason: RegExp): Promise<void> {
  const refused = async (): Promise<true | undefined> => {
    const outcome = await vm.cri.pull(name).catch(String);
    // What was pulled before would be taken for granted.
    await vm.cri.removeImage(name).catch(() => undefined);
    return reason.test(outcome) ? true : undefined;
  };
  await within(60_000, `a refusal of ${name} by the new settings`).poll(refused, POLL_MS);
}

async function configure(vm: Vm, settings: object): Promise<void> {
  await vm.api.patchSettings(settings as Parameters<Vm['api']['patchSettings']>[0]);
  await vm.api.tx.commitAndApply();
}
