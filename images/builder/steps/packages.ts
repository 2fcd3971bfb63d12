import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import { digestOfTree } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import { explainMirror } from '../host/mirror-failure.ts';
import type { Mirror } from '../host/mirror.ts';
import { SDK_DIRECTORY, sourceLines, type Suites } from '../config/sdk-packages.ts';
import { Sdk } from '../sdk/run.ts';

const SPACE_BYTES = 1.5 * 1024 ** 3;

/**
 * The packages of Debian that the root file system takes files from, unpacked one by one in `trees/`, and what is
 * known of them in `packages.tsv` (see images/sdk/fetch-packages.sh).
 */
export async function packagesStep(
  names: readonly string[],
  target: BuildTarget,
  sdk: Entry,
  suites: Suites,
  mirror: () => Promise<Mirror>,
): Promise<Step> {
  const sorted = [...new Set(names)].sort();
  const script = await digestOfTree(SDK_DIRECTORY, (path) => path === 'fetch-packages.sh');
  return {
    name: `packages ${target.debian}`,
    inputs: { script, names: sorted, architecture: target.debian, sdk: sdk.identity },
    identityFile: 'packages.tsv',
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      const from = await mirror();
      context.note(`${sorted.join(' ')} from ${from.archive}`);
      await writeFile(join(output, 'sources.list'), `${sourceLines(suites, from).join('\n')}\n`);
      const fetch = [
        '/hotfire/scripts/fetch-packages.sh',
        target.debian,
        '/hotfire/output/sources.list',
        ...sorted,
      ];
      const options = {
        ...context,
        what: 'fetch-packages.sh, which unpacks packages of Debian,',
        network: true,
        mounts: [
          { host: SDK_DIRECTORY, sdk: '/hotfire/scripts' },
          { host: output, sdk: '/hotfire/output', writable: true },
        ],
      };
      try {
        await Sdk.of(sdk).run(fetch, options);
      } catch (error) {
        throw await explainMirror(error, from);
      }
    },
  };
}
