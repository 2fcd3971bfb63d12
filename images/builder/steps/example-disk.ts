import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import { digestOfCode } from '../cache/digest.ts';
import { keyOf, type Entry, type Inputs, type Step } from '../cache/step.ts';
import { removeTree } from '../command/remove-tree.ts';
import { runInNamespace } from '../command/run.ts';
import { makeExampleDisk } from '../example/disk.ts';
import { makeEsp } from '../example/esp.ts';
import type { Example } from '../example/example.ts';
import { HOST_PATH } from '../../../harness/process/host-tools.ts';
import { hostEnvironment } from '../sdk/environment.ts';
import { Workbench } from '../sdk/workbench.ts';

const SPACE_BYTES = 2 * 1024 ** 3;

export const EXAMPLE_DISK = 'disk.qcow2';

export interface ExampleDiskSources {
  readonly sdk: Entry;
  readonly root: Entry;
}

/** The disk of an example, `disk.qcow2`: systemd-boot with one entry on the ESP, and the root. */
export async function exampleDiskStep(
  exampleName: string,
  example: Example,
  target: BuildTarget,
  from: ExampleDiskSources,
): Promise<Step> {
  const name = `example disk ${exampleName} ${target.debian}`;
  const inputs: Inputs = {
    code: await digestOfCode(
      'steps/example-disk.ts',
      'example/disk.ts',
      'example/esp.ts',
      'example/loader-files.ts',
      'image/derived-ids.ts',
      'image/file-systems.ts',
      'image/gpt.ts',
      'image/layout.ts',
      'image/sparse-disk.ts',
    ),
    kernelCommandLine: example.kernelCommandLine,
    sectorBytes: example.sectorBytes,
    espMib: example.espMib,
    rootMib: example.rootMib,
    epochSeconds: example.epochSeconds,
    sdk: from.sdk.identity,
    root: from.root.identity,
  };
  return {
    name,
    inputs,
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      const seed = keyOf({ name, inputs });
      const work = join(output, 'work');
      await mkdir(work);
      context.note('EFI system partition');
      const bench = new Workbench(from.sdk, work, context, {
        SOURCE_DATE_EPOCH: String(example.epochSeconds),
        MTOOLS_SKIP_CHECK: '1',
      });
      await makeEsp(bench, seed, example, target, from.root.directory);
      context.note('disk');
      await makeExampleDisk(work, {
        seed,
        sectorBytes: example.sectorBytes,
        partitions: [
          { label: 'ESP', type: 'efi-system', sizeMib: example.espMib, file: join(work, 'esp.img') },
          {
            label: `${example.family}-root`,
            type: 'linux',
            sizeMib: example.rootMib,
            file: join(from.root.directory, 'root.img'),
          },
        ],
      });
      const raw = join(work, 'disk.raw');
      const disk = join(work, EXAMPLE_DISK);
      await runInNamespace(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, disk], {
        ...context,
        what: 'qemu-img, which converts the disk,',
        env: { ...hostEnvironment(), PATH: HOST_PATH },
      });
      await rename(disk, join(output, EXAMPLE_DISK));
      await removeTree(work);
    },
  };
}
