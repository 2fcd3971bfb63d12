import type { Release } from '../config/release.ts';

/** The contents of os-release(5). */
export function osRelease(release: Release, variant: string, buildId: string): string {
  const fields = {
    NAME: release.name,
    ID: release.id,
    VERSION: `${release.version} (${variant})`,
    PRETTY_NAME: `${release.name} ${release.version} (${variant})`,
    VARIANT_ID: variant,
    VERSION_ID: release.version,
    BUILD_ID: buildId,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${/^[A-Za-z0-9._-]+$/.test(value) ? value : `"${value}"`}\n`)
    .join('');
}
