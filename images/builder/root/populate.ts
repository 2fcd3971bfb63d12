import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { TRUSTED_ROOT } from '../../../harness/image/update-keys.ts';
import type { BuildTarget } from '../architectures.ts';
import type { Entry } from '../cache/step.ts';
import { OS_DIRECTORY } from '../steps/programs.ts';
import { ROOTFS_DIRECTORY, type RootContents } from '../config/root-contents.ts';
import { PackageFiles, type PackageFile } from './package-files.ts';
import { Selection } from './selection.ts';
import { RootTree } from './tree.ts';

/** Where Sparkler's programs go, by the directory that the programs step leaves them in. */
const PROGRAMS = { bin: 'usr/libexec/sparkler', bench: 'usr/libexec/sparkler', commands: 'usr/bin' } as const;
const DATA = 'usr/share/sparkler';
/** Where Bottlerocket's updater has its trust from. */
const UPDATE_TRUST = 'usr/share/updog/root.json';
/** Where Bottlerocket keeps the certificates that it brings; at run time, /etc/pki has those that are trusted. */
const CERTIFICATES = 'usr/share/factory/etc/pki/tls/certs/ca-bundle.crt';
const UNITS = 'usr/lib/systemd/system';

/** Programs of one folder of images/go, and the directory of the root that they go into. */
export interface GoEntry {
  readonly directory: string;
  readonly entry: Entry;
}

export interface RootSources {
  readonly packages: Entry;
  readonly programs: Entry;
  readonly goPrograms: readonly GoEntry[];
  readonly updateKeys: Entry;
  readonly contents: RootContents;
  /** The variant's own files, in a directory of the host. */
  readonly overlay: string | undefined;
  /** A file on the host. */
  readonly osRelease: string;
}

/**
 * Fills `directory` with the root file system. What comes later replaces what is at its path: Debian's files, then
 * Sparkler's, then programs of images/go, then those of images/rootfs/static, then the variant's overlay.
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
  const available = await PackageFiles.read(join(sources.packages.directory, 'trees'));
  const files = await addPackages(tree, target, available, sources);
  const certificates = await addCertificates(tree, target, available, contents);
  await addFirstParty(tree, sources);
  for (const { directory, entry } of sources.goPrograms)
    await tree.addAll(directory, join(entry.directory, 'bin'));
  await addUnitLinks(tree, contents);
  await tree.addAll('', join(ROOTFS_DIRECTORY, 'static'));
  if (sources.overlay !== undefined) await tree.addAll('', sources.overlay);
  await tree.checkLinks();
  return [...files, ...certificates];
}

async function addPackages(
  tree: RootTree,
  target: BuildTarget,
  available: PackageFiles,
  sources: RootSources,
): Promise<PackageFile[]> {
  const selection = new Selection(available, target);
  await selection.addAllowed(sources.contents.packages);
  for (const { directory, path } of programDirectories(sources)) {
    for (const name of await readdir(directory)) {
      await selection.addNeedsOf(`${path}/${name}`, join(directory, name));
    }
  }
  for (const file of selection.files) {
    if (file.link !== undefined) await tree.addLink(file.path, file.link);
    else await tree.addFile(file.path, file.source, (await stat(file.source)).mode & 0o7777);
  }
  return selection.files;
}

/** Debian's package makes one file of them only when it is installed. */
async function addCertificates(
  tree: RootTree,
  target: BuildTarget,
  available: PackageFiles,
  { certificates }: RootContents,
): Promise<PackageFile[]> {
  const selection = new Selection(available, target);
  await selection.addAllowed(certificates);
  const texts = await Promise.all(selection.files.map(({ source }) => readFile(source, 'utf8')));
  if (texts.length > 0) await tree.addText(CERTIFICATES, texts.map((text) => `${text.trim()}\n`).join(''));
  return selection.files;
}

function programDirectories({ programs, contents }: RootSources): { directory: string; path: string }[] {
  const kinds = contents.bench ? (['bin', 'bench', 'commands'] as const) : (['bin', 'commands'] as const);
  return kinds.map((kind) => ({ directory: join(programs.directory, kind), path: PROGRAMS[kind] }));
}

async function addFirstParty(tree: RootTree, sources: RootSources): Promise<void> {
  for (const { directory, path } of programDirectories(sources)) await tree.addAll(path, directory);
  await tree.addAll(UNITS, join(OS_DIRECTORY, 'units'));
  await tree.addAll(`${DATA}/templates`, join(OS_DIRECTORY, 'templates'));
  for (const name of ['defaults.toml', 'migrations.toml']) {
    await tree.addFile(`${DATA}/${name}`, join(OS_DIRECTORY, 'defaults', name));
  }
  await tree.addAll('usr/share/logdog.d', join(OS_DIRECTORY, 'crates/logdog/requests'));
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
