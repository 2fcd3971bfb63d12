import { describe, expect, suite, within } from '../../harness/index.ts';

const test = suite({ requires: ['bridge'] });

const soon = (what: string) => ({ deadline: within(5000, what) });

describe('GET /os', () => {
  test('names the OS, its variant, version, build and architecture', async ({ vm, image }) => {
    const os = await vm.api.os(soon('the OS'));
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
    const model = await vm.api.model(soon('the whole model'));
    expect(Object.keys(model).sort()).toEqual(['configuration-files', 'os', 'services', 'settings']);
  });

  test('answers an empty object, not an error, for a prefix that nothing has', async ({ vm }) => {
    const query = { prefix: 'no-such-thing' };
    const answer = await vm.api.request({ method: 'GET', path: '/', query, ...soon('an answer') });
    expect(answer).toMatchObject({ status: 200, text: '{}' });
  });
});

describe('GET /settings', () => {
  test('shows the keys that are asked for, and only those', async ({ vm }) => {
    const keys = ['settings.motd', 'settings.updates.version-lock'];
    const settings = await vm.api.settings({ keys, ...soon('two settings') });
    expect(settings).toEqual({ motd: 'Welcome to Sparkler!', updates: { 'version-lock': 'latest' } });
  });

  test('shows what starts with a prefix, and only that', async ({ vm }) => {
    const settings = await vm.api.settings({ prefix: 'settings.updates', ...soon('some settings') });
    expect(Object.keys(settings)).toEqual(['updates']);
  });
});

describe('metadata', () => {
  test('names the services that a setting affects, their files and restart commands', async ({ vm }) => {
    const affected = await vm.api.metadata.affectedServices(['settings.motd'], soon('affected services'));
    const names = Object.values(affected).flat();
    expect(names).not.toHaveLength(0);
    const services = await vm.api.services({ names, ...soon('services') });
    const files = Object.values(services).flatMap((service) => service['configuration-files']);
    const described = await vm.api.configurationFiles({ names: files, ...soon('configuration files') });
    expect(Object.values(described)).toContainEqual(expect.objectContaining({ path: '/etc/motd' }));
  });

  test('names the settings that are generated', async ({ vm }) => {
    const generators = await vm.api.metadata.settingGenerators(soon('setting generators'));
    expect(Object.keys(generators)).toContain('settings.updates.seed');
  });

  test('answers 400 when the keys are missing', async ({ vm }) => {
    const path = '/metadata/affected-services';
    const answer = await vm.api.request({ method: 'GET', path, ...soon('a refusal') });
    expect(answer).toMatchObject({ status: 400, text: "Missing required input 'keys'" });
  });
});

describe('what is wrong is refused in plain text', () => {
  const refusals = [
    ['an unknown setting', 'PATCH', '/settings', { mtd: 'a typing error' }, 400, /mtd/],
    [
      'a setting of the wrong type',
      'PATCH',
      '/settings',
      { updates: { 'ignore-waves': 'maybe' } },
      400,
      /ignore-waves/,
    ],
    ['a body that is no JSON', 'PATCH', '/settings', '{ "motd": ', 400, /EOF|JSON/i],
    ['a body of two megabytes', 'PATCH', '/settings', { motd: 'x'.repeat(2 ** 21) }, 413, /1048576/],
    [
      'a commit of nothing',
      'POST',
      '/tx/commit?tx=empty',
      undefined,
      422,
      /^Tried to commit with no pending changes/,
    ],
    ['a transaction called ../live', 'PATCH', '/settings?tx=..%2Flive', { motd: 'x' }, 400, /\.\.\/live/],
    ['a setting that does not exist', 'GET', '/settings?keys=settings.nope', undefined, 404, /^Found no '/],
    ['a path that does not exist', 'GET', '/nowhere', undefined, 404, /\/nowhere/],
    ['a method that a path does not have', 'DELETE', '/os', undefined, 405, /GET/],
  ] as const;

  test.for(refusals)('%s', async ([, method, path, body, status, text], { vm }) => {
    const answer = await vm.api.request({ method, path, body, ...soon('a refusal') });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
    expect(() => answer.json()).toThrow();
  });
});

describe('reports', () => {
  test('are listed, each with what it is for', async ({ vm, needs }) => {
    await needs('report.boot-time', 'report.system');
    const names = (await vm.api.report.list(soon('the reports'))).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['boot-time', 'system']));
  });
});
