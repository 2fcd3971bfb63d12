import { UsageError } from '../../../harness/util/errors.ts';
import { unknownName } from '../../cli/suggest.ts';

const METHODS = ['GET', 'PATCH', 'POST', 'PUT', 'DELETE'] as const;

/** How each action is called, and whether words are all that it needs beside the name of a machine. */
const ACTIONS = {
  list: { usage: 'list', fits: isEmpty, named: false },
  console: { usage: 'console [NAME]', fits: isEmpty, named: true },
  stop: { usage: 'stop [NAME]', fits: isEmpty, named: true },
  'power-cut': { usage: 'power-cut [NAME]', fits: isEmpty, named: true },
  api: {
    usage: `api [NAME] ${METHODS.join('|')} PATH [BODY]`,
    fits: ([method = '', ...more]) => isMethod(method) && (more.length === 1 || more.length === 2),
    named: true,
  },
  exec: { usage: 'exec [NAME] -- COMMAND...', fits: isEmpty, named: true },
  screenshot: { usage: 'screenshot [NAME] FILE.png', fits: ({ length }) => length === 1, named: true },
  checkpoint: { usage: 'checkpoint [NAME]', fits: isEmpty, named: true },
  fork: { usage: 'fork [NAME]', fits: isEmpty, named: true },
} satisfies Record<string, ActionForm>;

interface ActionForm {
  readonly usage: string;
  readonly fits: (words: readonly string[]) => boolean;
  readonly named: boolean;
}

export type ActionName = keyof typeof ACTIONS;
export const ACTION_USAGES: readonly string[] = Object.values(ACTIONS).map(({ usage }) => usage);

export interface ParsedAction {
  readonly action: ActionName;
  /** Of the machine; undefined for the only one that runs. */
  readonly machine: string | undefined;
  readonly words: readonly string[];
  /** What exec runs; empty for all others. */
  readonly command: readonly string[];
}

/**
 * @param positionals all bare words. @param command those of them that came after `--`, if it was there.
 * @throws {UsageError} for an unknown action, or words that it can't have.
 */
export function parseAction(
  positionals: readonly string[],
  command: readonly string[] | undefined,
): ParsedAction {
  const [name = '', ...words] = positionals.slice(0, positionals.length - (command?.length ?? 0));
  if (!isAction(name)) throw unknownName('action', name, Object.keys(ACTIONS));
  const { usage, fits, named }: ActionForm = ACTIONS[name];
  const hasCommand = command !== undefined && command.length > 0;
  const [machine, ...others] = words;
  const withName = named && machine !== undefined && fits(others);
  if (hasCommand !== (name === 'exec') || (!fits(words) && !withName)) {
    throw new UsageError(`This is not how ${name} is called; it is: npm run vm -- ${usage}`);
  }
  return {
    action: name,
    ...(fits(words) ? { machine: undefined, words } : { machine, words: others }),
    command: command ?? [],
  };
}

export function isMethod(word: string): word is (typeof METHODS)[number] {
  return (METHODS as readonly string[]).includes(word);
}

function isAction(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}

function isEmpty({ length }: readonly string[]): boolean {
  return length === 0;
}
