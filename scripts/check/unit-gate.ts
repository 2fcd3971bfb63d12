import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hostArchitecture } from '../../harness/util/architecture.ts';
import { BUILD_TARGETS } from '../../images/builder/architectures.ts';
import type { Entry, StepContext } from '../../images/builder/cache/step.ts';
import { Sdk } from '../../images/builder/sdk/run.ts';
import { OS_DIRECTORY } from '../../images/builder/steps/programs.ts';
import type { Gate } from './gate.ts';
import { exposureFaults, readExposureLimits } from './unit-exposure.ts';

const UNITS_DIRECTORY = join(OS_DIRECTORY, 'units');
const TOOLS = '/hotfire/tools';
/** Where Debian's systemd has its own libraries, and where those are that it needs and the SDK lacks. */
const LIBRARIES = ['systemd', ''].map((name) =>
  join(TOOLS, 'usr/lib', BUILD_TARGETS[hostArchitecture()].multiarch, name),
);

/** @param work a directory that it may use. */
export function unitExposureGate(sdk: Entry, tools: Entry, work: string, context: StepContext): Gate {
  return {
    name: 'unit exposure',
    run: async () => {
      const units = (await readdir(UNITS_DIRECTORY)).filter((name) => name.endsWith('.service'));
      const state = join(work, 'run');
      await mkdir(state, { recursive: true });
      await writeFile(context.log, '');
      const analyze = [
        `${TOOLS}/usr/bin/systemd-analyze`,
        'security',
        '--offline=true',
        '--no-pager',
      ] as const;
      await Sdk.of(sdk).run([...analyze, ...units.map((name) => `./${name}`)], {
        ...context,
        what: 'systemd-analyze, which judges the units,',
        directory: '/hotfire/units',
        mounts: [
          { host: tools.directory, sdk: TOOLS },
          { host: UNITS_DIRECTORY, sdk: '/hotfire/units' },
          // It keeps state as a manager of services does, and the SDK's own /run is read-only.
          { host: state, sdk: '/run', writable: true },
        ],
        env: { LD_LIBRARY_PATH: LIBRARIES.join(':') },
      });
      const faults = exposureFaults(await readFile(context.log, 'utf8'), units, await readExposureLimits());
      return faults.length === 0 ? undefined : faults.join('\n');
    },
  };
}
