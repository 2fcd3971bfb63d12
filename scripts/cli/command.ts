import { parseArgs } from 'node:util';

import { UsageError } from '../../harness/util/errors.ts';
import { unknownName } from './suggest.ts';

/** A flag with `value` takes an argument that the help calls by that name; one without is a switch. */
export interface Flag {
  readonly value?: string;
  readonly help: string;
}

export interface Command<Flags extends Record<string, Flag> = Record<string, Flag>> {
  /** As the user types it, for example "npm run image --". */
  readonly usage: string;
  readonly summary: string;
  /** What bare words mean; without it they are refused. */
  readonly positionals?: Flag & { readonly value: string };
  readonly flags: Flags;
}

export type FlagValues<Flags extends Record<string, Flag>> = {
  readonly [Name in keyof Flags]: Flags[Name] extends { readonly value: string }
    ? string | undefined
    : boolean;
};

export interface Invocation<Flags extends Record<string, Flag>> {
  readonly flags: FlagValues<Flags>;
  readonly positionals: readonly string[];
  /** Those that came after `--`, with which flags end; undefined without it. */
  readonly afterTerminator: readonly string[] | undefined;
  readonly help: boolean;
}

/** Keeps the literal types of the flags, from which the types of their values follow. */
export function defineCommand<const Flags extends Record<string, Flag>>(
  command: Command<Flags>,
): Command<Flags> {
  return command;
}

/** @throws {UsageError} for a flag that is unknown, given twice, or lacks (or has an unwanted) value. */
export function parseCommandLine<Flags extends Record<string, Flag>>(
  command: Command<Flags>,
  args: readonly string[],
): Invocation<Flags> {
  const known: Record<string, Flag> = { ...command.flags, help: { help: 'Prints this.' } };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, flag]) => [
      name,
      { type: flag.value === undefined ? 'boolean' : 'string' },
    ]),
  ) as Record<string, { type: 'boolean' | 'string' }>;
  // Not strict: parseArgs' own messages name neither the allowed flags nor the likely one.
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const given = new Map<string, string | true>();
  const positionals: string[] = [];
  let terminatedAt: number | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option-terminator') terminatedAt = positionals.length;
    if (token.kind !== 'option') continue;
    if (given.has(token.name)) throw new UsageError(`${token.rawName} is given twice; give it once.`);
    given.set(token.name, valueOf(token, known));
  }
  if (positionals.length > 0 && command.positionals === undefined) {
    throw new UsageError(`Unexpected "${positionals.join(' ')}"; ${command.usage} takes flags only.`);
  }
  const flags = Object.entries(command.flags).map(([name, flag]) => [
    name,
    flag.value === undefined ? given.has(name) : given.get(name),
  ]);
  return {
    flags: Object.fromEntries(flags) as FlagValues<Flags>,
    positionals,
    afterTerminator: terminatedAt === undefined ? undefined : positionals.slice(terminatedAt),
    help: given.has('help'),
  };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function valueOf(token: OptionToken, known: Record<string, Flag>): string | true {
  const flag = known[token.name];
  if (flag === undefined || !token.rawName.startsWith('--')) {
    throw unknownName(
      'flag',
      token.rawName,
      Object.keys(known).map((name) => `--${name}`),
    );
  }
  if (flag.value === undefined) {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`);
    return true;
  }
  const looksLikeFlag = token.inlineValue === false && token.value?.startsWith('--') === true;
  if (token.value === undefined || token.value === '' || looksLikeFlag) {
    throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${flag.value}.`);
  }
  return token.value;
}
