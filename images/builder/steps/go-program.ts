import { readdir, readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import { digestOfCode, digestOfTree } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import { useWorkDirectory } from '../cache/work-directory.ts';
import { linkedLibraries, linkedModules } from '../go/modules.ts';
import type { GoProgram } from '../go/program.ts';
import { explainModuleProxy } from '../go/proxy-failure.ts';
import { goBuildFlags, goOptions } from '../go/toolchain.ts';
import { Sdk, type SdkRunOptions } from '../sdk/run.ts';

const SPACE_BYTES = 2 * 1024 ** 3;

/**
 * Programs of others that are built from their Go modules: static, in `bin/`, each under the last part of its path; in
 * `parts.json`, what was linked into them.
 */
export async function goProgramStep(
  program: GoProgram,
  target: BuildTarget,
  host: BuildTarget,
  sdk: Entry,
  cacheRoot: string,
): Promise<Step> {
  return {
    name: `go ${program.name} ${target.debian}`,
    inputs: {
      code: await digestOfCode('steps/go-program.ts', 'go'),
      sources: await digestOfTree(program.directory),
      target: target.debian,
      sdk: sdk.identity,
    },
    spaceBytes: SPACE_BYTES,
    build: (output, context) =>
      useWorkDirectory(cacheRoot, { name: 'go', afterKill: 'keep' }, context, async (work) => {
        const options = goOptions(program, target, host, work, context);
        await download(sdk, options);
        await mkdir(join(output, 'bin'));
        const mounts = [...options.mounts, { host: output, sdk: '/hotfire/output', writable: true }];
        const go = { ...options, mounts, what: `go, which builds ${program.name},` };
        const build = ['go', 'build', ...goBuildFlags(program), '-o', '/hotfire/output/bin/', 'tool'];
        await Sdk.of(sdk).run(build, go);
        const built = (await readdir(join(output, 'bin'))).map((name) => `/hotfire/output/bin/${name}`);
        const inspect = ['sh', '-c', 'go version -m "$@" > /hotfire/output/build-info', 'sh', ...built];
        await Sdk.of(sdk).run(inspect, go);
        const parts = [
          ...(await linkedModules(await readFile(join(output, 'build-info'), 'utf8'), work)),
          ...linkedLibraries(await sdkPackages(sdk), program.links, target.debian),
        ];
        await writeFile(join(output, 'parts.json'), `${JSON.stringify(parts, null, 2)}\n`);
      }),
  };
}

/** The only command that needs a network; what it brings is what go.sum says, or an error. */
async function download(sdk: Entry, options: Omit<SdkRunOptions, 'what'>): Promise<void> {
  const { GOPROXY } = process.env;
  try {
    await Sdk.of(sdk).run(['go', 'mod', 'download'], {
      ...options,
      what: 'go, which downloads modules,',
      network: true,
      env: { ...options.env, ...(GOPROXY === undefined ? {} : { GOPROXY }) },
    });
  } catch (error) {
    throw await explainModuleProxy(error);
  }
}

function sdkPackages(sdk: Entry): Promise<string> {
  return readFile(join(sdk.directory, 'packages.txt'), 'utf8');
}
