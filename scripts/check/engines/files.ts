import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';
import type { z } from 'zod';

import { parseCommandLine, type Command } from '../../cli/command.ts';
import { MERGE_COMMAND } from '../../merge/request.ts';
import { PLAN_COMMAND } from '../../plan/request.ts';
import { SHARD_COMMAND } from '../../shard/request.ts';

const ROOT = join(import.meta.dirname, '../../..');

export function readText(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

/** @param path in the checkout. */
export async function readYaml<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  return schema.parse(parse(await readText(path)));
}

/** Those that engines call. */
const COMMANDS: Readonly<Record<string, Command>> = {
  plan: PLAN_COMMAND,
  shard: SHARD_COMMAND,
  merge: MERGE_COMMAND,
};

interface Call {
  readonly name: string;
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/**
 * The npm scripts that a text calls, with their flags.
 *
 * @throws {UsageError} for a flag that a command does not know; Error for a script that package.json does not have.
 */
export async function npmCalls(text: string): Promise<Call[]> {
  const { scripts } = JSON.parse(await readText('package.json')) as { scripts: Record<string, string> };
  const lines = text
    .replaceAll(/\$\{[^}]*:\+([^}]*)\}/g, '$1')
    .matchAll(/npm run (?:--silent )?([\w-]+)(?: --(?= )([^\n|>;`]*))?/g);
  return Array.from(lines, ([line, name = '', rest = '']) => {
    if (scripts[name] === undefined) throw new Error(`package.json has no script "${name}": ${line}`);
    const command = COMMANDS[name];
    if (command === undefined) return { name, flags: {} };
    const args = rest
      .trim()
      .split(/\s+/)
      .filter((one) => one !== '');
    return { name, flags: parseCommandLine(command, args).flags };
  });
}
