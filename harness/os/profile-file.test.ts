import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { scratchDirectory } from '../util/testing/scratch.ts';
import { bottlerocket } from './bottlerocket/profile.ts';
import { generic } from './generic.ts';
import { readProfile } from './profile-file.ts';
import type { OsProfile } from './profile.ts';

describe('a profile file', () => {
  test('without any key is the generic profile', async () => {
    expect(await profileOf('')).toEqual(generic);
  });

  test('replaces what it names and keeps the rest', async () => {
    const profile = await profileOf(`
      name = "acme"
      [ready]
      console = 'acme is up'
      within-ms = 9000
      [login]
      user = "root"
      password = "secret"
      [user-data]
      channels = ["nocloud"]
      [console]
      harmless = ['BUG: known']
      [timeline]
      loader = '^GRUB'
      [machine]
      memory-mib = 2048`);
    expect(profile).toEqual({
      ...generic,
      name: 'acme',
      ready: { console: /acme is up/, withinMs: 9000 },
      login: { user: 'root', password: 'secret' },
      capabilities: ['login', 'user-data.nocloud'],
      harmless: [/BUG: known/],
      timeline: [['loader', /^GRUB/], ...generic.timeline],
      machine: { memoryMiB: 2048 },
    });
  });

  test('may change a time and keep the marks of its base', async () => {
    const { ready } = await profileOf('base = "bottlerocket"\n[ready]\nwithin-ms = 5000');
    expect(ready).toEqual({ ...bottlerocket.ready, withinMs: 5000 });
  });

  test.each([
    ['an unknown key', 'redy = true', /hotfire\.toml:1:1: redy: Unrecognized key/],
    [
      'a pattern that is none',
      "[ready]\nconsole = '('",
      /hotfire\.toml:2:1: ready\.console: Invalid regular/,
    ],
    ['a time out of bounds', '[ready]\nwithin-ms = 5', /ready\.within-ms: .*>=100/],
    ['an unknown capability', 'capabilities = ["ssh"]', /capabilities/],
    ['broken TOML', '[ready', /hotfire\.toml:1:/],
  ])('with %s is refused by line and key', async (_what, text, message) => {
    await expect(profileOf(text)).rejects.toThrow(message);
  });

  test('that does not exist is refused by its name', async () => {
    await expect(readProfile('/nowhere/hotfire.toml')).rejects.toThrow(
      /Cannot read the profile \/nowhere\/hotfire\.toml/,
    );
  });
});

test('the example explains a file that is read as written', async () => {
  const example = join(import.meta.dirname, '../../examples/hotfire.toml');
  const text = await readFile(example, 'utf8');
  const profile = await readProfile(example);
  expect(profile.login?.user).toBe('root');
  for (const section of ['ready', 'login', 'user-data', 'shutdown', 'console', 'timeline', 'machine']) {
    expect(text).toContain(`[${section}]`);
  }
});

async function profileOf(text: string): Promise<OsProfile> {
  const scratch = await scratchDirectory();
  await writeFile(scratch('hotfire.toml'), text);
  return readProfile(scratch('hotfire.toml'));
}
