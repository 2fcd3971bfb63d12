import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UsageError } from '../../../harness/util/errors.ts';
import { parseDeb822Sources, parseOneLineSources, type AptSource } from './apt-sources.ts';

/** URLs of one mirror's archives, without a slash at the end. */
export interface Mirror {
  readonly archive: string;
  /** Debian's security archive; by convention it lies beside the other. */
  readonly security: string;
}

/** @returns the mirror that the user named, by the flag or by HOTFIRE_DEBIAN_MIRROR, else the host's own. */
export async function debianMirror(flag: string | undefined): Promise<Mirror> {
  const named = flag ?? process.env['HOTFIRE_DEBIAN_MIRROR'];
  if (named !== undefined && named !== '') return checkMirror(named);
  return mirrorOfHost(
    await readFile('/etc/os-release', 'utf8').catch(() => ''),
    await hostSources('/etc/apt'),
  );
}

/**
 * @param osRelease os-release(5) of the host.
 * @throws {UsageError} when the host is no Debian, or gets its packages from no mirror.
 */
export function mirrorOfHost(osRelease: string, sources: readonly AptSource[]): Mirror {
  const fields = new Map(osRelease.split('\n').map((line) => splitField(line)));
  const system = fields.get('PRETTY_NAME') ?? 'a system without /etc/os-release';
  const codename = fields.get('VERSION_CODENAME');
  const find = (wanted: string): AptSource | undefined =>
    sources.find(
      ({ uri, suite, components }) =>
        suite === wanted && components.includes('main') && !uri.startsWith('cdrom:'),
    );
  const own = fields.get('ID') === 'debian' && codename !== undefined ? find(codename) : undefined;
  if (own !== undefined) return mirrorAt(own.uri, find(`${codename}-security`)?.uri);
  throw new UsageError(
    `This host (${system}) has no mirror of Debian in its apt sources, so the builder knows none.`,
    {
      hint: 'Name one: `npm run image -- --mirror URL`, or set HOTFIRE_DEBIAN_MIRROR=URL.',
    },
  );
}

function mirrorAt(archive: string, security = `${withoutSlash(archive)}-security`): Mirror {
  return { archive: withoutSlash(archive), security: withoutSlash(security) };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function checkMirror(text: string): Mirror {
  const protocols = ['http:', 'https:', 'file:'];
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
    throw new UsageError(
      `"${text}" is no mirror; it must be a URL that begins with http://, https:// or file://.`,
    );
  }
  return mirrorAt(text);
}

async function hostSources(directory: string): Promise<AptSource[]> {
  const parts = join(directory, 'sources.list.d');
  const names = (await readdir(parts).catch(() => [])).sort();
  const files = [join(directory, 'sources.list'), ...names.map((name) => join(parts, name))];
  const sources = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => '');
      if (file.endsWith('.sources')) return parseDeb822Sources(text);
      return file.endsWith('.list') ? parseOneLineSources(text) : [];
    }),
  );
  return sources.flat();
}

function splitField(line: string): [string, string] {
  const [name = '', ...value] = line.split('=');
  return [name, value.join('=').replaceAll(/^["']|["']$/g, '')];
}
