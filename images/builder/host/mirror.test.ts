import { describe, expect, it } from 'vitest';

import { UsageError } from '../../../harness/util/errors.ts';
import { debianMirror, mirrorOfHost } from './mirror.ts';

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_CODENAME=bookworm\n';
const UBUNTU = 'PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n';

const source = (uri: string, suite: string, component = 'main') => ({ uri, suite, components: [component] });

describe('mirrorOfHost', () => {
  it("is what the host's own suite comes from, not security, other vendors or a disc", () => {
    const sources = [
      source('http://vendor.example/apt', 'stable'),
      source('http://s.example/fixes/', 'bookworm-security'),
      source('http://m.example/extra', 'bookworm', 'non-free'),
      source('cdrom:[Debian]/', 'bookworm'),
      source('http://m.example/debian/', 'bookworm'),
    ];
    expect(mirrorOfHost(DEBIAN, sources)).toEqual({
      archive: 'http://m.example/debian',
      security: 'http://s.example/fixes',
    });
  });

  it('is unknown on another system, whose mirrors are not of Debian', () => {
    const ask = (): unknown => mirrorOfHost(UBUNTU, [source('http://m.example/ubuntu', 'noble')]);
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow(/Ubuntu 24.04.*\n.*--mirror URL/);
  });
});

describe('debianMirror', () => {
  it('prefers what the user names, with the security archive beside it', async () => {
    expect(await debianMirror('https://m.example/debian/')).toEqual({
      archive: 'https://m.example/debian',
      security: 'https://m.example/debian-security',
    });
  });

  it('refuses what is no URL', async () => {
    await expect(debianMirror('m.example')).rejects.toThrow(/"m.example" is no mirror/);
  });
});
