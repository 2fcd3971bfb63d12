import { readFile, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { messageOf } from '../harness/util/errors.ts';
import { descriptorSchema, type Descriptor } from './descriptor.ts';

/** A descriptor file in effect, or why it can't be read. */
export type Found =
  | { readonly path: string; readonly descriptor: Descriptor }
  | { readonly path: string; readonly problem: string };

/**
 * The directories of descriptors, from the strongest to the weakest: the user's, the administrator's, the distribution's. That
 * is the rule of docs/interop/firmware.json of QEMU.
 */
export function descriptorDirectories(): readonly string[] {
  const userConfiguration = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  return [join(userConfiguration, 'qemu/firmware'), '/etc/qemu/firmware', '/usr/share/qemu/firmware'];
}

/**
 * The descriptors in effect, in the order of preference: sorted by file name over all directories; a name in a
 * stronger directory hides the same name in weaker ones, and an empty file there hides it without a replacement.
 */
export async function readDescriptors(directories: readonly string[]): Promise<Found[]> {
  const strongest = new Map<string, string>();
  for (const directory of directories) {
    for (const name of await jsonFilesIn(directory)) {
      if (!strongest.has(name)) strongest.set(name, join(directory, name));
    }
  }
  const inOrder = [...strongest].sort(([left], [right]) => (left < right ? -1 : 1));
  return Promise.all(inOrder.map(async ([, path]) => readDescriptor(path)));
}

async function jsonFilesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

async function readDescriptor(path: string): Promise<Found> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.trim() === '') return { path, problem: 'is empty, which hides weaker files of its name' };
    const parsed = descriptorSchema.safeParse(JSON.parse(text));
    if (parsed.success) return { path, descriptor: parsed.data };
    const [issue] = parsed.error.issues;
    return {
      path,
      problem: `is no firmware descriptor: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    };
  } catch (error) {
    return { path, problem: `can't be read: ${messageOf(error)}` };
  }
}
