import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import { digestOfCode } from '../cache/digest.ts';
import { keyOf, type Entry, type Inputs, type Step, type StepContext } from '../cache/step.ts';
import { removeTree } from '../command/remove-tree.ts';
import { collectAdditions, digestOfAdditions } from '../example/additions.ts';
import type { Example } from '../example/example.ts';
import { loadOrder, readKernelModules } from '../example/kernel-modules.ts';
import { makeFilledExt4 } from '../image/file-systems.ts';
import { Sdk, type Mount } from '../sdk/run.ts';
import { Workbench } from '../sdk/workbench.ts';

const SPACE_BYTES = 2 * 1024 ** 3;
const SCRIPTS = join(import.meta.dirname, '../example');

export interface ExampleRootSources {
  readonly sdk: Entry;
  readonly packages: Entry;
  /** Of Sparkler, for examples that take some of them. */
  readonly programs: Entry | undefined;
}

/** The root file system of an example (`root.img`, ext4) and what starts it: `vmlinuz`, `initrd.img`. */
export async function exampleRootStep(
  example: Example,
  target: BuildTarget,
  from: ExampleRootSources,
): Promise<Step> {
  const name = `example root ${example.family} ${target.debian}`;
  const inputs: Inputs = {
    code: await digestOfCode(
      'steps/example-root.ts',
      'example/additions.ts',
      'example/initramfs-init.sh',
      'example/kernel-modules.ts',
      'example/make-initramfs.sh',
      'example/make-root.sh',
      'image/file-systems.ts',
      'root/tree.ts',
    ),
    additions: await digestOfAdditions(example),
    epochSeconds: example.epochSeconds,
    rootPassword: example.rootPassword,
    rootMib: example.rootMib,
    initramfsModules: example.initramfsModules,
    programNames: example.programs,
    sdk: from.sdk.identity,
    packages: from.packages.identity,
    programs: from.programs?.identity ?? '',
  };
  return {
    name,
    inputs,
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      const epoch = String(example.epochSeconds);
      const env = { SOURCE_DATE_EPOCH: epoch, E2FSPROGS_FAKE_TIME: epoch };
      const additions = join(output, 'additions');
      await mkdir(additions);
      await collectAdditions(additions, example, from.programs);

      context.note('files of the packages');
      await runScript(from.sdk, ['make-root.sh', example.rootPassword], output, context, env, [
        { host: join(from.packages.directory, 'trees'), sdk: '/hotfire/trees' },
        { host: additions, sdk: '/hotfire/additions' },
      ]);

      context.note('initramfs');
      const modules = loadOrder(
        example.initramfsModules,
        await readKernelModules(join(output, 'kernel-modules')),
      );
      await writeFile(join(output, 'modules'), modules.map((file) => `${file}\n`).join(''));
      await runScript(from.sdk, ['make-initramfs.sh'], output, context, env);

      context.note('root file system');
      const bench = new Workbench(from.sdk, output, context, env);
      await makeFilledExt4(bench, 'root.img', example.rootMib, keyOf({ name, inputs }), 'root');
      for (const leftover of ['additions', 'kernel-modules', 'modules', 'root']) {
        await removeTree(join(output, leftover));
      }
    },
  };
}

function runScript(
  sdk: Entry,
  [script, ...args]: readonly [string, ...string[]],
  output: string,
  context: StepContext,
  env: Readonly<Record<string, string>>,
  mounts: readonly Mount[] = [],
): Promise<void> {
  return Sdk.of(sdk).run([`/hotfire/scripts/${script}`, ...args], {
    ...context,
    what: `${script}, which makes the root of an example,`,
    env,
    mounts: [
      { host: SCRIPTS, sdk: '/hotfire/scripts' },
      { host: output, sdk: '/hotfire/output', writable: true },
      ...mounts,
    ],
  });
}
