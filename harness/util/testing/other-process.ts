import { once } from 'node:events';

import { execa } from 'execa';
import { onTestFinished } from 'vitest';

export interface OtherProcessOptions {
  readonly args?: readonly string[];
  /** A command that runs the command that follows it. */
  readonly wrapper?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a script in a process of its own until the test ends. @returns its first line, and how to end it by SIGKILL. */
export async function otherProcess(
  script: string,
  { args = [], wrapper = [], env = {} }: OtherProcessOptions = {},
): Promise<{ said: string; signal: (name: NodeJS.Signals) => void; kill: () => Promise<void> }> {
  const [program = '', ...rest] = [...wrapper, process.execPath, '--import', 'tsx', script, ...args];
  const child = execa(program, rest, { reject: false, env });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await child;
  };
  onTestFinished(kill);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { said: said.toString().trim(), signal: (name) => void child.kill(name), kill };
}
