import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import { makeFat } from '../image/file-systems.ts';
import type { Workbench } from '../sdk/workbench.ts';
import type { Example } from './example.ts';
import { loaderConf, loaderEntry, loaderPaths } from './loader-files.ts';

/** Makes `esp.img`, with systemd-boot, its only entry, and the kernel and initramfs of a root that was made. */
export async function makeEsp(
  bench: Workbench,
  seed: string,
  example: Example,
  target: BuildTarget,
  rootDirectory: string,
): Promise<void> {
  const { directory } = bench;
  const paths = loaderPaths(example.family);
  await writeFile(join(directory, 'loader.conf'), loaderConf(example.family));
  await writeFile(join(directory, 'entry.conf'), loaderEntry(example.family, example.kernelCommandLine));
  for (const file of ['vmlinuz', 'initrd.img']) {
    await copyFile(join(rootDirectory, file), join(directory, file));
  }
  const systemdBoot = `systemd-boot${target.efi.name}.efi`;
  await bench.run('takes systemd-boot from the SDK', ['cp', `/usr/lib/systemd/boot/efi/${systemdBoot}`, '.']);
  await makeFat(
    bench,
    'esp.img',
    example.espMib,
    seed,
    [
      { path: `EFI/BOOT/${target.efi.removableMedia}`, source: systemdBoot },
      { path: paths.configuration, source: 'loader.conf' },
      { path: paths.entry, source: 'entry.conf' },
      { path: paths.kernel, source: 'vmlinuz' },
      { path: paths.initrd, source: 'initrd.img' },
    ],
    example.sectorBytes,
  );
}
