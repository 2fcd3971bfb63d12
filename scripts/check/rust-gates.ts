import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { HOST_PATH } from '../../harness/process/host-tools.ts';
import { hostArchitecture } from '../../harness/util/architecture.ts';
import type { Entry } from '../../images/builder/cache/step.ts';
import { useWorkDirectory } from '../../images/builder/cache/work-directory.ts';
import { CommandError } from '../../images/builder/command/run.ts';
import { obtainGuestBridge } from '../../images/builder/guest-bridge.ts';
import { cargoOptions, copySources, digestOfSources } from '../../images/builder/sdk/cargo.ts';
import { Sdk } from '../../images/builder/sdk/run.ts';
import { RUST_CHECKS_DIRECTORY } from '../../images/builder/steps/guest-bridge.ts';
import { OS_DIRECTORY } from '../../images/builder/steps/programs.ts';
import { WORKLOADS_DIRECTORY } from '../../images/builder/steps/workloads.ts';
import { checkToolsStep } from '../../images/builder/steps/check-tools.ts';
import { openWorkshop } from '../../images/builder/workshop.ts';
import { showProgress } from '../cli/show-progress.ts';
import { CARGO_GATES, type CargoCommand } from './cargo-roots.ts';
import type { Gate } from './gate.ts';
import { unitExposureGate } from './unit-gate.ts';

const TOOLS = '/hotfire/tools';

/** What the gates of Rust programs work with: all of it comes from the SDK, none from the host's own Rust or systemd. */
export interface RustGates {
  /** The guest's end of the bridge, for the unit tests. */
  readonly guestBridge: string;
  /** Runs one gate after the other: two would only wait for each other's lock. */
  runWith(run: (gate: Gate) => Promise<void>): Promise<void>;
}

/** @throws what a build throws. */
export function prepareRustGates(signal: AbortSignal): Promise<RustGates> {
  return showProgress(async (events) => {
    const workshop = await openWorkshop({ arch: hostArchitecture(), events, signal });
    const { cache, sdk, sdkPackages, mirror } = workshop;
    const tools = await cache.obtain(await checkToolsStep(sdk, sdkPackages, mirror));
    return {
      guestBridge: await obtainGuestBridge(workshop),
      runWith: (run) => runGates({ sdk, tools, cacheRoot: cache.root, signal }, run),
    };
  });
}

interface Means {
  readonly sdk: Entry;
  readonly tools: Entry;
  readonly cacheRoot: string;
  readonly signal: AbortSignal;
}

async function runGates(
  { sdk, tools, cacheRoot, signal }: Means,
  run: (gate: Gate) => Promise<void>,
): Promise<void> {
  const log = join(cacheRoot, 'logs', 'rust-checks.log');
  const context = { log, signal, note: say };
  await useWorkDirectory(cacheRoot, RUST_CHECKS_DIRECTORY, context, async (work) => {
    await run(unitExposureGate(sdk, tools, work, context));
    await copySources(OS_DIRECTORY, work, await digestOfSources(OS_DIRECTORY));
    const ofWorkloads = join(work, 'workloads');
    await copySources(WORKLOADS_DIRECTORY, ofWorkloads, await digestOfSources(WORKLOADS_DIRECTORY));
    const options = cargoOptions(work, context);
    const mounts = [
      ...options.mounts,
      { host: join(ofWorkloads, 'os'), sdk: '/hotfire/workloads' },
      { host: tools.directory, sdk: TOOLS },
    ];
    for (const [name, commands] of Object.entries(CARGO_GATES)) {
      await run({
        name,
        run: async () => {
          say(`${name} … (log: ${log})`);
          await writeFile(log, '');
          let failed = false;
          for (const command of commands) failed = !(await succeeds(command)) || failed;
          return failed ? withoutWrapping(await readFile(log, 'utf8')) : undefined;
        },
      });
    }

    async function succeeds({ directory, argv, environment }: CargoCommand): Promise<boolean> {
      try {
        await Sdk.of(sdk).run(argv, {
          ...options,
          what: 'cargo, which checks the Rust programs,',
          directory: `/hotfire/${directory}`,
          mounts,
          env: {
            ...options.env,
            PATH: `${TOOLS}/usr/bin:${TOOLS}/usr/sbin:${HOST_PATH}`,
            ...environment,
          },
        });
        return true;
      } catch (error) {
        if (error instanceof CommandError) return false;
        throw error;
      }
    }
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Each command as one would type it, without the way into the SDK. */
function withoutWrapping(log: string): string {
  return log.replaceAll(/^\+ .*? -- /gm, '+ ');
}
