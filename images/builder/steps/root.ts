import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import { digestOfCode, digestOfTree } from '../cache/digest.ts';
import { keyOf, type Entry, type Inputs, type Step } from '../cache/step.ts';
import { removeTree } from '../command/remove-tree.ts';
import { deriveUuid } from '../image/derived-ids.ts';
import { readPackageList } from '../root/package-list.ts';
import { OS_DIRECTORY } from './programs.ts';
import type { Release } from '../config/release.ts';
import { Workbench } from '../sdk/workbench.ts';
import { ROOTFS_DIRECTORY, type RootContents } from '../config/root-contents.ts';
import { readCrates, readLinkedParts, spdxInventory } from '../root/inventory.ts';
import type { Variant } from '../config/variant.ts';
import { osRelease } from '../root/os-release.ts';
import type { PackageFile } from '../root/package-files.ts';
import { populateRoot, type GoEntry } from '../root/populate.ts';

const SPACE_BYTES = 1024 ** 3;
/** Bottlerocket's choice; larger clusters compress better and cost more at each read. */
const CLUSTER_BYTES = 65_536;

export interface RootStepSources {
  readonly sdk: Entry;
  readonly packages: Entry;
  readonly programs: Entry;
  readonly goPrograms: readonly GoEntry[];
  readonly kernel: Entry;
  readonly updateKeys: Entry;
  readonly contents: RootContents;
}

/** The root file system as `root.img` (erofs), with its `os-release` and `inventory.spdx.json`. */
export async function rootStep(
  { name: variant, overlay }: Pick<Variant, 'name' | 'overlay'>,
  target: BuildTarget,
  from: RootStepSources,
  release: Release,
): Promise<Step> {
  const name = `root ${variant} ${target.debian}`;
  const inputs: Inputs = {
    code: await digestOfCode('steps/root.ts', 'root'),
    contents: from.contents,
    static: await digestOfTree(join(ROOTFS_DIRECTORY, 'static')),
    overlay: overlay === undefined ? 'none' : await digestOfTree(overlay),
    firstPartyData: await digestOfTree(OS_DIRECTORY, isFirstPartyData),
    release: { ...release },
    variant,
    sdk: from.sdk.identity,
    packages: from.packages.identity,
    programs: from.programs.identity,
    goPrograms: from.goPrograms.map(({ entry }) => entry.identity),
    kernel: from.kernel.identity,
    updateKeys: from.updateKeys.identity,
  };
  const buildId = keyOf({ name, inputs }).slice(0, 12);
  return {
    name,
    inputs,
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      const identification = join(output, 'os-release');
      await writeFile(identification, osRelease(release, variant, buildId));
      await writeFile(join(output, 'build-id'), buildId);
      const tree = join(output, 'tree');
      await mkdir(tree);
      await chmod(tree, 0o755);
      const files = await populateRoot(tree, target, { ...from, overlay, osRelease: identification });
      await writeFile(join(output, 'inventory.spdx.json'), await inventory(from, files));
      await new Workbench(from.sdk, output, context).run('makes the root file system', [
        'mkfs.erofs',
        '-zlz4hc,12',
        `-C${CLUSTER_BYTES}`,
        `-T${release.epochSeconds}`,
        `-U${deriveUuid(buildId, 'root file system')}`,
        '--all-root',
        // No extended attributes: the host's, such as SELinux labels, are none of the image's.
        '-x-1',
        'root.img',
        'tree',
      ]);
      await removeTree(tree);
    },
  };

  async function inventory(
    { packages, goPrograms, kernel }: RootStepSources,
    files: readonly PackageFile[],
  ): Promise<string> {
    const list = await readPackageList(packages);
    return spdxInventory({
      image: `${release.id}-${variant}-${target.debian}`,
      buildId,
      createdAtSeconds: release.epochSeconds,
      kernelRelease: (await readFile(join(kernel.directory, 'kernel.release'), 'utf8')).trim(),
      packages: list
        .map((one) => ({
          ...one,
          files: files.filter((file) => file.package === one.name).map(({ path }) => path),
        }))
        .filter(({ files: taken }) => taken.length > 0),
      crates: await readCrates(),
      linkedParts: await readLinkedParts(goPrograms.map(({ entry }) => entry)),
    });
  }
}

/** What the root takes from images/os as it is, besides the programs. */
function isFirstPartyData(path: string): boolean {
  return (
    /^(?:units|templates|defaults|crates|crates\/bridge)$/.test(path) ||
    /^(?:units|templates|defaults)\//.test(path) ||
    path === 'crates/bridge/bridge.toml'
  );
}
