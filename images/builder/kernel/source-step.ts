import type { Entry, Step } from '../cache/step.ts';
import { Workbench } from '../sdk/workbench.ts';

const VERSION = 1;

/** The kernel's source in `linux/`: the newest `linux-source` that the SDK's suites had. */
export function kernelSourceStep(sdk: Entry): Step {
  return {
    name: 'kernel source',
    inputs: { version: VERSION, sdk: sdk.identity },
    spaceBytes: 2 * 1024 ** 3,
    build: async (output, context) => {
      const unpack =
        'mkdir linux; tar --extract --file /usr/src/linux-source-*.tar.xz --directory linux --strip-components 1';
      await new Workbench(sdk, output, context).run("unpacks the kernel's source", ['sh', '-euc', unpack]);
    },
  };
}
