import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { execa } from 'execa';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { scratchDirectory } from '../harness/util/testing/scratch.ts';

const NAMES = ['tsx', 'library', 'for-one-platform'];
/** npm is slow where the host is busy. */
const TIMEOUT_MS = 120_000;

/** A checkout with the set-up script, and packages of its own that npm finds without a network. */
let checkout: (name: string) => string;

vi.setConfig({ testTimeout: TIMEOUT_MS });

beforeEach(async () => {
  const scratch = await scratchDirectory();
  checkout = (name) => scratch(`checkout/${name}`);
  for (const name of ['scripts', 'harness/process', 'packages', 'bin'])
    mkdirSync(checkout(name), { recursive: true });
  for (const name of ['setup', 'missing-packages.js'])
    cpSync(join(import.meta.dirname, name), checkout(`scripts/${name}`));
  writeFileSync(checkout('harness/process/host-tools.txt'), '# none\n');
  for (const name of NAMES) addPackage(name);
  const manifest = {
    name: 'checkout',
    dependencies: { library: 'file:packages/library' },
    devDependencies: { tsx: 'file:packages/tsx' },
    optionalDependencies: { 'for-one-platform': 'file:packages/for-one-platform' },
  };
  writeFileSync(checkout('package.json'), JSON.stringify(manifest));
  const kinds = { tsx: { dev: true }, library: {}, 'for-one-platform': { optional: true } };
  const packages = Object.entries(kinds).flatMap(([name, kind]) => [
    [`packages/${name}`, { version: '1.0.0', ...kind }],
    [`node_modules/${name}`, { resolved: `packages/${name}`, link: true, ...kind }],
  ]);
  writeLock({ '': manifest, ...(Object.fromEntries(packages) as object) });
});

function addPackage(name: string): void {
  mkdirSync(checkout(`packages/${name}`));
  writeFileSync(
    checkout(`packages/${name}/package.json`),
    JSON.stringify({ name, version: '1.0.0', main: 'index.js', bin: { [name]: 'index.js' } }),
  );
  writeFileSync(checkout(`packages/${name}/index.js`), '#!/usr/bin/env node\n');
}

/** An npm that is found before the real one. */
function scriptNpm(script: string): void {
  writeFileSync(checkout('bin/npm'), `#!/usr/bin/env bash\n${script}\n`);
  chmodSync(checkout('bin/npm'), 0o755);
}

async function setup(env: Record<string, string> = {}) {
  const PATH = `${checkout('bin')}:${process.env['PATH'] ?? ''}`;
  const { exitCode, all } = await execa(checkout('scripts/setup'), {
    env: { PATH, npm_config_offline: 'true', ...env },
    reject: false,
    all: true,
  });
  return { exitCode, said: all };
}

const isInstalled = (name: string): boolean => existsSync(checkout(`node_modules/${name}/package.json`));

describe('setup installs what the commands need', () => {
  it('in spite of an environment that leaves packages out', async () => {
    const env = { NODE_ENV: 'production', npm_config_omit: 'dev\n\noptional', npm_config_production: 'true' };
    expect(await setup(env)).toMatchObject({ exitCode: 0, said: expect.stringContaining('ready') as string });
    for (const name of NAMES) expect(isInstalled(name), name).toBe(true);
    expect((await setup(env)).said).toContain('in step with package-lock.json');
  });

  it('in spite of an .npmrc that leaves packages out', async () => {
    writeFileSync(checkout('.npmrc'), 'omit[]=dev\nomit[]=optional\n');
    expect(await setup()).toMatchObject({ exitCode: 0 });
    for (const name of NAMES) expect(isInstalled(name), name).toBe(true);
  });

  it('again when one has gone since', async () => {
    await setup();
    rmSync(checkout('node_modules/library'), { recursive: true });
    expect(await setup()).toMatchObject({ exitCode: 0, said: expect.stringContaining('npm ci') as string });
    expect(isInstalled('library')).toBe(true);
  });

  it('again when one is of another version', async () => {
    await setup();
    rmSync(checkout('node_modules/library'));
    mkdirSync(checkout('node_modules/library'));
    writeFileSync(checkout('node_modules/library/package.json'), '{ "version": "0.9.0" }');
    writeLock({ 'node_modules/library': { version: '1.0.0' } });
    scriptNpm('exit 0');
    expect(await setup()).toMatchObject({
      exitCode: 69,
      said: expect.stringMatching(/left out.*library/) as string,
    });
  });
});

describe('setup is not ready', () => {
  it('when npm says that it is done and has left packages out', async () => {
    scriptNpm('mkdir -p node_modules/library; cp packages/library/package.json node_modules/library');
    for (const attempt of ['first', 'second']) {
      const { exitCode, said } = await setup();
      expect(exitCode, attempt).toBe(69);
      expect(said).toMatch(/npm ci left out or did not build: .*tsx/);
      expect(said).not.toContain('ready');
    }
  });

  it('when a package is there and can not be loaded', async () => {
    writeFileSync(checkout('packages/tsx/index.js'), 'throw new Error("no compiler");\n');
    expect(await setup()).toMatchObject({
      exitCode: 69,
      said: expect.stringContaining('build: tsx') as string,
    });
  });

  it('after an npm ci that was interrupted, whatever it left', async () => {
    await setup();
    writeLock({});
    scriptNpm('kill -KILL $$');
    expect(await setup()).toMatchObject({
      exitCode: 69,
      said: expect.stringContaining('npm ci failed') as string,
    });
    expect(existsSync(checkout('node_modules/.hotfire-setup'))).toBe(false);
    expect((await setup()).exitCode).toBe(69);
  });

  it('when told to only pretend', async () => {
    expect((await setup({ npm_config_dry_run: 'true' })).exitCode).toBe(69);
  });
});

function writeLock(packages: object): void {
  writeFileSync(
    checkout('package-lock.json'),
    JSON.stringify({ name: 'checkout', lockfileVersion: 3, packages }),
  );
}
