import { relative } from 'node:path';

import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';

import { UsageError } from '../errors.ts';
import { readRegularFile } from './regular-file.ts';

/**
 * Reads a data file.
 *
 * @throws {UsageError} that gives file, line and column of the first fault.
 */
export async function readToml<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = (await readRegularFile(path)).toString('utf8');
  const result = schema.safeParse(parseText(text, path));
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    return `${place(path, text, keys)}: ${keys.join('.')}: ${issue.message}`;
  });
  throw new UsageError(faults.join('\n'));
}

function parseText(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0] ?? '';
    throw new UsageError(`${shown(path)}:${error.line}:${error.column}: ${reason}\n${error.codeblock}`, {
      cause: error,
    });
  }
}

/** TOML's parser keeps no places of its values, so the last of `keys` that the text spells out stands for them. */
function place(path: string, text: string, keys: readonly PropertyKey[]): string {
  const lines = text.split('\n');
  for (const key of keys.filter((key) => typeof key === 'string').toReversed()) {
    const spelled = new RegExp(`(?:^|[\\s.{[,])("?)${escapeRegExp(key)}\\1\\s*(?:=|\\]|\\.)`);
    const line = lines.findIndex((candidate) => spelled.test(candidate));
    if (line !== -1) return `${shown(path)}:${line + 1}:${(lines[line] ?? '').indexOf(key) + 1}`;
  }
  return `${shown(path)}:1:1`;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
