import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import { digestOfCode } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import { cargoOptions, copySources, digestOfSources } from '../sdk/cargo.ts';
import { Sdk } from '../sdk/run.ts';
import { OS_DIRECTORY } from './programs.ts';

export const GUEST_BRIDGE = 'bridge';

/** Cargo's directories for what runs on this host, and not in an image. */
export const RUST_CHECKS_DIRECTORY = { name: 'rust-checks', afterKill: 'keep' } as const;

/** The guest's end of the bridge as a program of this host, `bridge`: tests talk to it without a machine. */
export async function guestBridgeStep(host: BuildTarget, sdk: Entry, cacheRoot: string): Promise<Step> {
  const sources = await digestOfSources(OS_DIRECTORY);
  const target = host.rust.system;
  return {
    name: 'guest bridge for tests',
    inputs: {
      code: await digestOfCode('steps/guest-bridge.ts', 'sdk/cargo.ts', 'cache/sync-tree.ts'),
      sources,
      target,
      sdk: sdk.identity,
    },
    spaceBytes: 1024 ** 3,
    build: (output, context) =>
      useWorkDirectory(cacheRoot, RUST_CHECKS_DIRECTORY, context, async (work) => {
        await copySources(OS_DIRECTORY, work, sources);
        const options = cargoOptions(work, context);
        const flags = `CARGO_TARGET_${target.replaceAll('-', '_').toUpperCase()}_RUSTFLAGS`;
        await Sdk.of(sdk).run(['cargo', 'build', '--locked', '--package', 'bridge', '--target', target], {
          ...options,
          what: 'cargo, which builds the bridge for tests,',
          // The host's C library may be older than the SDK's.
          env: { ...options.env, [flags]: '-Ctarget-feature=+crt-static' },
        });
        await copyFile(join(work, 'target', target, 'debug/bridge'), join(output, GUEST_BRIDGE));
      }),
  };
}
