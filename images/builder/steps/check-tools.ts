import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { InfrastructureError } from '../../../harness/util/errors.ts';
import { digestOfTree } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import { CommandError } from '../command/run.ts';
import { SDK_DIRECTORY, sourceLines, type Suites } from '../config/sdk-packages.ts';
import { explainMirror } from '../host/mirror-failure.ts';
import type { Mirror } from '../host/mirror.ts';
import { Sdk } from '../sdk/run.ts';

const SCRIPT = 'fetch-check-tools.sh';

/**
 * What checks images/os but builds nothing, in `usr/`: clippy, rustfmt, sgdisk, systemd-analyze. A step of its own, since
 * whatever is in the SDK decides about the kernels and all else that is made with it.
 */
export async function checkToolsStep(
  sdk: Entry,
  suites: Suites,
  mirror: () => Promise<Mirror>,
): Promise<Step> {
  const script = await digestOfTree(SDK_DIRECTORY, (path) => path === SCRIPT);
  return {
    name: 'check tools',
    inputs: { script, sdk: sdk.identity },
    spaceBytes: 512 * 1024 ** 2,
    build: async (output, context) => {
      const from = await mirror();
      context.note(`packages from ${from.archive}`);
      await writeFile(join(output, 'sources.list'), `${sourceLines(suites, from).join('\n')}\n`);
      try {
        await Sdk.of(sdk).run([`/hotfire/scripts/${SCRIPT}`, '/hotfire/output/sources.list'], {
          ...context,
          what: `${SCRIPT}, which unpacks what checks images/os,`,
          network: true,
          mounts: [
            { host: SDK_DIRECTORY, sdk: '/hotfire/scripts' },
            { host: output, sdk: '/hotfire/output', writable: true },
          ],
        });
      } catch (error) {
        throw await explainMirror(await explainVersion(error), from);
      }
    },
  };
}

/** A mirror keeps only the newest version of a package, and the SDK may be older than that. */
async function explainVersion(error: unknown): Promise<unknown> {
  if (!(error instanceof CommandError)) return error;
  const symptom = /Version '\S+' for '\S+' was not found/.exec(await readFile(error.log, 'utf8'));
  if (symptom === null) return error;
  return new InfrastructureError(
    `The mirror no longer has clippy and rustfmt for the SDK's compiler (${symptom[0]}; log: ${error.log}).`,
    { cause: error, hint: 'Make the SDK again, with the packages of today: `npm run image -- --rebuild`.' },
  );
}
