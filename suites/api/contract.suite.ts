import { describe, expect, needs, suite } from '../../harness/index.ts';

const test = suite();

describe('GET /os', () => {
  test('names variant, version, build and architecture', async ({ vm, image }) => {
    const os = await vm.api.os();
    expect(os).toMatchObject({
      variant_id: image.manifest?.variant,
      version_id: image.manifest?.os.version,
      build_id: image.manifest?.os.buildId,
      arch: image.arch,
    });
  });
});

describe('GET /', () => {
  test('shows settings, services, configuration files and the OS', async ({ vm }) => {
    const model = await vm.api.model();
    expect(Object.keys(model).sort()).toEqual(['configuration-files', 'os', 'services', 'settings']);
  });

  test('answers an empty object for an unknown prefix', async ({ vm }) => {
    const query = { prefix: 'no-such-thing' };
    const answer = await vm.api.request({ method: 'GET', path: '/', query });
    expect(answer).toMatchObject({ status: 200, text: '{}' });
  });
});

describe('GET /settings', () => {
  test('shows only the requested keys', async ({ vm }) => {
    const keys = ['settings.motd', 'settings.updates.version-lock'];
    const settings = await vm.api.settings({ keys });
    expect(settings).toEqual({ motd: 'Welcome to Sparkler!', updates: { 'version-lock': 'latest' } });
  });

  test('shows only what starts with a prefix', async ({ vm }) => {
    const settings = await vm.api.settings({ prefix: 'settings.updates' });
    expect(Object.keys(settings)).toEqual(['updates']);
  });
});

describe('GET /settings of a key without a value', () => {
  test('answers an empty object', async ({ vm }) => {
    expect(await vm.api.settings({ keys: ['settings.dns.search-list'] })).toEqual({});
  });
});

describe('metadata', () => {
  test('maps a setting to services and their files', async ({ vm }) => {
    const affected = await vm.api.metadata.affectedServices(['settings.motd']);
    const names = Object.values(affected).flat();
    expect(names).not.toHaveLength(0);
    const services = await vm.api.services({ names });
    const files = Object.values(services).flatMap((service) => service['configuration-files']);
    const described = await vm.api.configurationFiles({ names: files });
    expect(Object.values(described)).toContainEqual(expect.objectContaining({ path: '/etc/motd' }));
  });

  test('lists the generated settings', async ({ vm }) => {
    const generators = await vm.api.metadata.settingGenerators();
    expect(Object.keys(generators)).toContain('settings.updates.seed');
  });

  test('answers 400 when the keys are missing', async ({ vm }) => {
    const path = '/metadata/affected-services';
    const answer = await vm.api.request({ method: 'GET', path });
    expect(answer).toMatchObject({ status: 400, text: "Missing required input 'keys'" });
  });
});

describe('a bad request is rejected in plain text', () => {
  const refusals = [
    {
      what: 'an unknown setting',
      request: { method: 'PATCH', path: '/settings', body: { mtd: 'a typing error' } },
      answer: { status: 400, text: /mtd/ },
    },
    {
      what: 'a setting of the wrong type',
      request: { method: 'PATCH', path: '/settings', body: { updates: { 'ignore-waves': 'maybe' } } },
      answer: { status: 400, text: /ignore-waves/ },
    },
    {
      what: 'a body that is not JSON',
      request: { method: 'PATCH', path: '/settings', body: '{ "motd": ' },
      answer: { status: 400, text: /EOF/ },
    },
    {
      what: 'a body of two megabytes',
      request: { method: 'PATCH', path: '/settings', body: { motd: 'x'.repeat(2 ** 21) } },
      answer: { status: 413, text: /1048576/ },
    },
    {
      what: 'a commit without pending changes',
      request: { method: 'POST', path: '/tx/commit', query: { tx: 'empty' } },
      answer: { status: 422, text: /^Tried to commit with no pending changes/ },
    },
    {
      what: 'a transaction called ../live',
      request: { method: 'PATCH', path: '/settings', query: { tx: '../live' }, body: { motd: 'x' } },
      answer: { status: 400, text: /\.\.\/live/ },
    },
    {
      what: 'a path that does not exist',
      request: { method: 'GET', path: '/nowhere' },
      answer: { status: 404, text: /\/nowhere/ },
    },
    {
      what: 'a method that a path does not have',
      request: { method: 'DELETE', path: '/os' },
      answer: { status: 405, text: /GET/ },
    },
  ] as const;

  test.for(refusals.map((refusal) => [refusal.what, refusal] as const))(
    '%s',
    async ([, { request, answer }], { vm }) => {
      const refusal = await vm.api.request({ ...request });
      expect(refusal.status).toBe(answer.status);
      expect(refusal.text).toMatch(answer.text);
      expect(() => refusal.json()).toThrow();
    },
  );
});

describe('reports', () => {
  test('are listed', async ({ vm }) => {
    needs('report.boot-time', 'report.system');
    const names = (await vm.api.report.list()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['boot-time', 'system']));
  });
});
