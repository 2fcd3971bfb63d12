import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { livepatchName, REPLACES } from '../../../harness/image/livepatch/manifest.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { readToml } from '../../../harness/util/files/toml.ts';

const LIVEPATCHES_DIRECTORY = join(import.meta.dirname, '../../livepatches');
const DESCRIPTION_FILE = 'livepatch.toml';

/** It becomes a string of C in the module. */
const line = z.string().regex(/^[\x20-\x7e]+$/, 'must be one line of printable ASCII');
const functionName = z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a function');
const kernelPattern = z
  .string()
  .regex(/^[\w.*+~-]+$/, 'must be a kernel release, in which * stands for anything');

const livepatchSchema = z.strictObject({
  title: line.max(120),
  description: line.max(500),
  kernels: z.array(kernelPattern).min(1),
  functions: z.array(functionName).min(1),
  replaces: z.enum(REPLACES).default('none'),
  reference: line.max(120).optional(),
  instances: z.union([z.int().min(2).max(99), z.array(livepatchName).min(2)]).optional(),
  test: z.boolean().default(false),
});

/** A folder of images/livepatches: the source of a live patch, and what its livepatch.toml says of it. */
export interface Livepatch {
  readonly name: string;
  readonly directory: string;
  /** Names of the files with C in them, in alphabetical order. */
  readonly sources: readonly string[];
  readonly title: string;
  readonly description: string;
  /** Kernel releases, in which * stands for anything. */
  readonly kernels: readonly string[];
  /** Functions of the kernel that it replaces. */
  readonly functions: readonly string[];
  /** "all": it takes the place of every patch there (the kernel's atomic replace). */
  readonly replaces: (typeof REPLACES)[number];
  /** Such as a CVE. */
  readonly reference: string | undefined;
  /** How many patches are made of the same source, numbered from 1, or what each is called; undefined: one, of its own name. */
  readonly instances: number | readonly string[] | undefined;
  /** Does harm on purpose, so that a machine can be seen to withstand it. */
  readonly test: boolean;
}

/** In alphabetical order. */
export async function listLivepatches(root = LIVEPATCHES_DIRECTORY): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** @throws {UsageError} for an unknown patch, or one whose file or sources are wrong. */
export async function readLivepatch(name: string, root = LIVEPATCHES_DIRECTORY): Promise<Livepatch> {
  const known = await listLivepatches(root);
  if (!known.includes(name)) {
    throw new UsageError(`Unknown live patch "${name}"; it must be one of ${known.join(', ')}.`, {
      hint: 'A new one is a folder of that name in images/livepatches; see docs/livepatches.md.',
    });
  }
  const directory = join(root, name);
  const checked = livepatchName.safeParse(name);
  if (!checked.success) {
    throw new UsageError(`${directory}: the name of a live patch ${checked.error.issues[0]?.message ?? ''}.`);
  }
  const description = await readToml(join(directory, DESCRIPTION_FILE), livepatchSchema);
  const files = (await readdir(directory)).sort();
  const sources = files.filter((file) => file.endsWith('.c'));
  if (sources.length === 0) {
    throw new UsageError(`${directory} holds no source: a live patch needs at least one file *.c.`);
  }
  const { reference, instances } = description;
  return { ...description, name, directory, sources, reference, instances };
}

/** One of the patches that are made of one source. */
export interface Instance {
  readonly name: string;
  /** What tells it apart, as the source sees it: a number, or a name with "_". */
  readonly macro: string;
}

export function instancesOf({ name, instances }: Pick<Livepatch, 'name' | 'instances'>): Instance[] {
  if (instances === undefined) return [{ name, macro: '1' }];
  const labels =
    typeof instances === 'number'
      ? Array.from({ length: instances }, (_unused, index) => String(index + 1))
      : instances;
  return labels.map((label) => ({ name: `${name}-${label}`, macro: label.replaceAll('-', '_') }));
}

/** The names of the patches that are made of it. */
export function instanceNames(patch: Pick<Livepatch, 'name' | 'instances'>): string[] {
  return instancesOf(patch).map(({ name }) => name);
}

/** Whether one of the patterns is this kernel release. */
export function isForKernel({ kernels }: Pick<Livepatch, 'kernels'>, release: string): boolean {
  return kernels.some((pattern) =>
    new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`).test(release),
  );
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.+~-]/g, '\\$&');
}
