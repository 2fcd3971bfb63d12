import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { HOST_PATH } from '../../../harness/process/host-tools.ts';
import type { BuildTarget } from '../architectures.ts';
import type { Step, StepContext } from '../cache/step.ts';
import { runInNamespace } from '../command/run.ts';
import { explainMirror } from '../host/mirror-failure.ts';
import type { Mirror } from '../host/mirror.ts';
import { DEBIAN_KEYRING } from '../host/tools.ts';
import { hostEnvironment } from '../sdk/environment.ts';
import {
  backportsPreferences,
  debianArchitectures,
  packagesFor,
  sourceLines,
  type SdkPackages,
} from '../config/sdk-packages.ts';
import { Workbench } from '../sdk/workbench.ts';

const GIB = 1024 ** 3;

/** Raised with every change of this file that changes what ends up in the SDK; everything is rebuilt then. */
const VERSION = 1;

/**
 * The SDK: a Debian in `root/` with all tools, and the versions that the mirror had in `packages.txt`.
 *
 * @param host the architecture of this machine, on which the tools run.
 */
export function sdkStep(packages: SdkPackages, host: BuildTarget, mirror: () => Promise<Mirror>): Step {
  return {
    name: 'sdk',
    inputs: { version: VERSION, host: host.debian, packages },
    identityFile: 'packages.txt',
    spaceBytes: 4 * GIB,
    build: async (output, context) => {
      const from = await mirror();
      await install(packages, host, from, output, context);
      const query = `dpkg-query --show --showformat '${FORMAT}' > packages.txt`;
      await new Workbench({ directory: output }, output, context).run('lists the packages of the SDK', [
        'sh',
        '-c',
        query,
      ]);
    },
  };
}

async function install(
  packages: SdkPackages,
  host: BuildTarget,
  mirror: Mirror,
  output: string,
  context: StepContext,
): Promise<void> {
  const preferences = join(output, 'backports.pref');
  await writeFile(preferences, backportsPreferences(packages));
  await mkdir(join(output, 'root'));
  const argv = [
    'mmdebstrap',
    '--mode=root',
    '--variant=apt',
    '--aptopt=APT::Sandbox::User "root"',
    `--architectures=${debianArchitectures(host).join(',')}`,
    `--keyring=${DEBIAN_KEYRING}`,
    '--aptopt=APT::Install-Recommends "false"',
    ...['man', 'locale', 'doc', 'info'].map((unread) => `--dpkgopt=path-exclude=/usr/share/${unread}/*`),
    `--setup-hook=copy-in ${preferences} /etc/apt/preferences.d`,
    `--include=${packagesFor(packages, host).join(',')}`,
    // Where enter.sh mounts what a command works on, and the host's name servers.
    '--customize-hook=mkdir "$1/hotfire"; rm -f "$1/etc/resolv.conf"; : > "$1/etc/resolv.conf"',
    packages.suite,
    join(output, 'root'),
    ...sourceLines(packages, mirror),
  ] as const;
  context.note(`packages from ${mirror.archive}`);
  try {
    await runInNamespace(argv, {
      ...context,
      what: 'mmdebstrap, which installs the SDK,',
      env: { ...hostEnvironment(), PATH: HOST_PATH },
    });
  } catch (error) {
    throw await explainMirror(error, mirror);
  }
}

const FORMAT = '${binary:Package} ${Version} ${Architecture}\\n';
