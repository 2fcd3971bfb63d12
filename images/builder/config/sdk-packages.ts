import { join } from 'node:path';

import { z } from 'zod';

import { BUILD_TARGETS, type BuildTarget } from '../architectures.ts';
import type { Mirror } from '../host/mirror.ts';
import { readToml } from '../../../harness/util/files/toml.ts';

export const packageNames = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9+.*:{}-]*$/, 'must be a package of Debian'))
  .min(1);
export const suite = z.string().regex(/^[a-z-]+$/, 'must be a suite of Debian');

const sdkPackagesSchema = z.strictObject({
  suite,
  security: suite,
  backports: suite,
  native: packageNames,
  foreign: packageNames,
  from_backports: packageNames,
});
export type SdkPackages = z.infer<typeof sdkPackagesSchema>;

/** Where packages come from. */
export interface Suites {
  readonly suite: string;
  readonly security?: string;
  readonly backports?: string;
}

export const SDK_DIRECTORY = join(import.meta.dirname, '../../sdk');

export function readSdkPackages(): Promise<SdkPackages> {
  return readToml(join(SDK_DIRECTORY, 'packages.toml'), sdkPackagesSchema);
}

/** All packages to install on a host of this architecture. */
export function packagesFor(packages: SdkPackages, host: BuildTarget): string[] {
  const foreign = foreignTargets(host).flatMap((target) =>
    packages.foreign.map((name) =>
      name.replaceAll('{debian}', target.debian).replaceAll('{gnu}', target.gnuPackageSuffix),
    ),
  );
  return [...packages.native, ...foreign];
}

/** The host's own architecture comes first: its packages are the ones that run. */
export function debianArchitectures(host: BuildTarget): string[] {
  return [host, ...foreignTargets(host)].map(({ debian }) => debian);
}

/** One line of sources.list(5) for each suite, with all that its packages may come from. */
export function sourceLines({ suite, security, backports }: Suites, mirror: Mirror): string[] {
  const line = (archive: string, one: string | undefined): string[] =>
    one === undefined ? [] : [`deb ${archive} ${one} main`];
  return [
    ...line(mirror.archive, suite),
    ...line(mirror.security, security),
    ...line(mirror.archive, backports),
  ];
}

/** Preferences of apt_preferences(5) that take the named packages from backports, and nothing else. */
export function backportsPreferences(packages: SdkPackages): string {
  return [
    // Without `:any` a name means the package of the SDK's own architecture only.
    `Package: ${packages.from_backports.map((name) => `${name}:any`).join(' ')}`,
    `Pin: release n=${packages.backports}`,
    'Pin-Priority: 990',
    '',
  ].join('\n');
}

function foreignTargets(host: BuildTarget): BuildTarget[] {
  return Object.values(BUILD_TARGETS).filter(({ debian }) => debian !== host.debian);
}
