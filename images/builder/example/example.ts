import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { z } from 'zod';

import { ARCHITECTURES, type Architecture } from '../../../harness/util/architecture.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { packageNames, suite } from '../config/sdk-packages.ts';
import { readToml } from '../../../harness/util/files/toml.ts';

const EXAMPLES_DIRECTORY = join(import.meta.dirname, '../../../examples');

const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9@_.-]*$/, 'must be a name without slashes');
const moduleName = z.string().regex(/^[A-Za-z0-9_]+$/, 'must be a module, spelled with underscores');
const commandLine = z.array(z.string().regex(/^\S+$/, 'must be one argument without blanks')).min(1);
const sectorBytes = z.union([z.literal(512), z.literal(4096)]);
const additions = {
  /** Directories next to the file, each copied over the root. */
  trees: z.array(fileName).default([]),
  /** Sparkler's programs, for /usr/libexec/sparkler, and its units, for /usr/lib/systemd/system. */
  programs: z.array(fileName).default([]),
  units: z.array(fileName).default([]),
};

const exampleSchema = z.strictObject({
  suite,
  date: z.date(),
  packages: packageNames,
  root_password: z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks'),
  kernel_command_line: commandLine,
  initramfs_modules: z.array(moduleName).min(1),
  esp_mib: z.int().min(34).max(512),
  root_mib: z.int().min(256).max(1400),
  sector_bytes: sectorBytes.default(512),
  ...additions,
  arch: z.record(z.enum(ARCHITECTURES), z.strictObject({ packages: packageNames, console: fileName })),
});

/** What a flavor has in place of, or beside, what the example has that it belongs to. */
const flavorSchema = z.strictObject({
  kernel_command_line: commandLine.optional(),
  sector_bytes: sectorBytes.optional(),
  ...additions,
});

export interface Example {
  /** The name of the example's directory, which its flavors share. */
  readonly family: string;
  readonly directory: string;
  readonly suite: string;
  /** SOURCE_DATE_EPOCH of everything that is built: seconds since 1970. */
  readonly epochSeconds: number;
  readonly packages: readonly string[];
  readonly rootPassword: string;
  readonly kernelCommandLine: readonly string[];
  readonly initramfsModules: readonly string[];
  readonly espMib: number;
  readonly rootMib: number;
  readonly sectorBytes: 512 | 4096;
  readonly trees: readonly string[];
  readonly programs: readonly string[];
  readonly units: readonly string[];
}

/** In alphabetical order: those named like their directory, and their flavors. */
export async function listExamples(): Promise<string[]> {
  const families = await readdir(EXAMPLES_DIRECTORY, { withFileTypes: true });
  const names = families
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const files = await readdir(join(EXAMPLES_DIRECTORY, name));
      return files
        .filter((file) => file === `${name}.toml` || (file.startsWith(`${name}-`) && file.endsWith('.toml')))
        .map((file) => basename(file, '.toml'));
    });
  return (await Promise.all(names)).flat().sort();
}

/** @throws {UsageError} for an unknown example, or one whose file is wrong. */
export async function readExample(name: string, arch: Architecture): Promise<Example> {
  const known = await listExamples();
  if (!known.includes(name)) {
    throw new UsageError(`Unknown example "${name}"; it must be one of ${known.join(', ')}.`);
  }
  const family = name.split('-', 1)[0] ?? name;
  const directory = join(EXAMPLES_DIRECTORY, family);
  const base = await readToml(join(directory, `${family}.toml`), exampleSchema);
  const flavor =
    name === family ? flavorSchema.parse({}) : await readToml(join(directory, `${name}.toml`), flavorSchema);
  const { packages, console: serialConsole } = base.arch[arch];
  return {
    family,
    directory,
    suite: base.suite,
    epochSeconds: Math.floor(base.date.getTime() / 1000),
    packages: [...base.packages, ...packages],
    rootPassword: base.root_password,
    kernelCommandLine: (flavor.kernel_command_line ?? base.kernel_command_line).map((argument) =>
      argument.replaceAll('{console}', serialConsole),
    ),
    initramfsModules: base.initramfs_modules,
    espMib: base.esp_mib,
    rootMib: base.root_mib,
    sectorBytes: flavor.sector_bytes ?? base.sector_bytes,
    trees: [...base.trees, ...flavor.trees],
    programs: [...base.programs, ...flavor.programs],
    units: [...base.units, ...flavor.units],
  };
}
