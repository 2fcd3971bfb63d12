import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { BuildTarget } from '../architectures.ts';
import type { Entry } from '../cache/step.ts';
import { OS_DIRECTORY } from '../steps/programs.ts';
import { TRUSTED_ROOT } from '../steps/update-keys.ts';
import { ROOTFS_DIRECTORY, type RootContents } from '../config/root-contents.ts';
import { PackageFiles, type PackageFile } from './package-files.ts';
import { Selection } from './selection.ts';
import { RootTree } from './tree.ts';

const PROGRAMS = 'usr/libexec/sparkler';
const DATA = 'usr/share/sparkler';
/** Where Bottlerocket's updater has its trust from. */
const UPDATE_TRUST = 'usr/share/updog/root.json';
const UNITS = 'usr/lib/systemd/system';

export interface RootSources {
  readonly packages: Entry;
  readonly programs: Entry;
  readonly updateKeys: Entry;
  readonly contents: RootContents;
  /** The variant's own files, in a directory of the host. */
  readonly overlay: string | undefined;
  /** A file on the host. */
  readonly osRelease: string;
}

/**
 * Fills `directory` with the root file system. What comes later replaces what is at its path: Debian's files, then
 * Sparkler's, then those of images/rootfs/static, then the variant's overlay.
 *
 * @returns Debian's files that are in it.
 */
export async function populateRoot(
  directory: string,
  target: BuildTarget,
  sources: RootSources,
): Promise<PackageFile[]> {
  const { contents } = sources;
  const tree = new RootTree(directory, contents.symlinks);
  for (const path of contents.directories) await tree.addDirectory(path);
  for (const [path, link] of Object.entries(contents.symlinks)) await tree.addLink(path, link);
  const files = await addPackages(tree, target, sources);
  await addFirstParty(tree, sources);
  await addUnitLinks(tree, contents);
  await tree.addAll('', join(ROOTFS_DIRECTORY, 'static'));
  if (sources.overlay !== undefined) await tree.addAll('', sources.overlay);
  await tree.checkLinks();
  return files;
}

async function addPackages(
  tree: RootTree,
  target: BuildTarget,
  sources: RootSources,
): Promise<PackageFile[]> {
  const selection = new Selection(await PackageFiles.read(join(sources.packages.directory, 'trees')), target);
  await selection.addAllowed(sources.contents.packages);
  for (const directory of programDirectories(sources)) {
    for (const name of await readdir(directory)) {
      await selection.addNeedsOf(`${PROGRAMS}/${name}`, join(directory, name));
    }
  }
  for (const file of selection.files) {
    if (file.link !== undefined) await tree.addLink(file.path, file.link);
    else await tree.addFile(file.path, file.source, (await stat(file.source)).mode & 0o7777);
  }
  return selection.files;
}

function programDirectories({ programs, contents }: RootSources): string[] {
  const kinds = contents.bench ? ['bin', 'bench'] : ['bin'];
  return kinds.map((kind) => join(programs.directory, kind));
}

async function addFirstParty(tree: RootTree, sources: RootSources): Promise<void> {
  for (const directory of programDirectories(sources)) await tree.addAll(PROGRAMS, directory);
  await tree.addAll(UNITS, join(OS_DIRECTORY, 'units'));
  await tree.addAll(`${DATA}/templates`, join(OS_DIRECTORY, 'templates'));
  for (const name of ['defaults.toml', 'migrations.toml']) {
    await tree.addFile(`${DATA}/${name}`, join(OS_DIRECTORY, 'defaults', name));
  }
  await tree.addFile(`${DATA}/bridge.toml`, join(OS_DIRECTORY, 'crates/bridge/bridge.toml'));
  await tree.addFile(UPDATE_TRUST, join(sources.updateKeys.directory, TRUSTED_ROOT));
  await tree.addFile('usr/lib/os-release', sources.osRelease);
}

async function addUnitLinks(tree: RootTree, { units, masked }: RootContents): Promise<void> {
  for (const [kind, lists] of Object.entries(units)) {
    for (const [unit, others] of Object.entries(lists)) {
      for (const other of others) await tree.addLink(`${UNITS}/${unit}.${kind}/${other}`, `../${other}`);
    }
  }
  for (const unit of masked) await tree.addLink(`${UNITS}/${unit}`, '/dev/null');
}
