import { join } from 'node:path';

import { crossCompilePrefix, type BuildTarget } from '../architectures.ts';
import type { StepContext } from '../cache/step.ts';
import type { SdkRunOptions } from '../sdk/run.ts';
import type { GoProgram } from './program.ts';

/** Go's caches, in the work directory; both survive a kill, whatever is torn in them is made again. */
export const MODULES = 'modules';
const COMPILED = 'compiled';

/** Go in the SDK. All its paths are those of the SDK, the same on every host, so none of the host's gets in. */
export function goOptions(
  program: GoProgram,
  target: BuildTarget,
  host: BuildTarget,
  work: string,
  context: StepContext,
): StepContext & Pick<Required<SdkRunOptions>, 'directory' | 'env' | 'mounts'> {
  return {
    ...context,
    directory: '/hotfire/go',
    env: {
      GOMODCACHE: `/hotfire/work/${MODULES}`,
      GOCACHE: `/hotfire/work/${COMPILED}`,
      // What go.sum doesn't pin is an error, and so is a module that asks for another compiler than the SDK's.
      GOFLAGS: '-mod=readonly',
      GOTOOLCHAIN: 'local',
      GOOS: 'linux',
      GOARCH: target.go,
      CGO_ENABLED: program.links.length > 0 ? '1' : '0',
      CC: `${crossCompilePrefix(target, host)}gcc`,
      PKG_CONFIG_LIBDIR: `/usr/lib/${target.multiarch}/pkgconfig`,
    },
    mounts: [
      { host: program.directory, sdk: '/hotfire/go' },
      { host: work, sdk: '/hotfire/work', writable: true },
    ],
  };
}

/** Flags that leave nothing to chance and nothing to load: static programs, the same bytes from the same sources. */
export function goBuildFlags({ tags, links }: GoProgram): string[] {
  // Always at the same address: a runtime is started a dozen times for a container, and one that lies elsewhere each time
  // writes its relocations each time; an emulated processor would translate all of it anew. Go's memory is safe without.
  const withC = links.length > 0;
  return [
    '-trimpath',
    '-buildvcs=false',
    `-tags=${tags.join(',')}`,
    withC ? '-ldflags=-s -w -linkmode external -extldflags -static' : '-ldflags=-s -w',
  ];
}

/** Where a module is unpacked; a capital letter is spelled `!` and the small one (Go modules reference, "Module cache"). */
export function moduleDirectory(work: string, path: string, version: string): string {
  const spelled = `${path}@${version}`.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
  return join(work, MODULES, spelled);
}
