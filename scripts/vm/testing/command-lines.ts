import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

import { execa } from 'execa';
import type { IPty } from 'node-pty';
import { onTestFinished } from 'vitest';

import { unbootableDisk } from '../../../harness/image/testing/unbootable-disk.ts';
import { Deadline } from '../../../harness/util/deadline.ts';

const VM = [import.meta.resolve('tsx'), fileURLToPath(new URL('../../vm.ts', import.meta.url))] as const;

export const pty = await import('node-pty').catch(() => undefined);

/** The arguments of a node that does what `npm run vm -- …` does. */
export function vmCommand(...args: readonly string[]): string[] {
  return ['--import', ...VM, ...args];
}

/** `npm run vm` with a disk on which the firmware finds nothing to boot. */
export async function bootCommand(...more: readonly string[]): Promise<string[]> {
  const small = ['--memory-mib', '256', '--cpus', '1'];
  return vmCommand('--image', await unbootableDisk(), ...small, ...more);
}

export function runVm(...args: readonly string[]) {
  return execa(process.execPath, vmCommand(...args), { reject: false, stdin: 'ignore' });
}

/** A program in a terminal of its own, until the test ends. */
export class TerminalProgram {
  readonly exited: Promise<number>;
  readonly #terminal: IPty;
  #shown = '';

  /** @param cwd default: that of this process. */
  constructor(args: readonly string[], cwd = process.cwd()) {
    if (pty === undefined) throw new Error('node-pty is not there; skip the test.');
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
    const terminal = pty.spawn(process.execPath, [...args], { cols: 120, rows: 40, env, cwd });
    terminal.onData((text) => (this.#shown += text));
    this.exited = new Promise((resolve) => {
      terminal.onExit(({ exitCode }) => {
        resolve(exitCode);
      });
    });
    onTestFinished(() => {
      terminal.kill('SIGKILL');
    });
    this.#terminal = terminal;
  }

  /** Without colours and movements of the cursor. */
  get shown(): string {
    return stripVTControlCharacters(this.#shown);
  }

  type(keys: string): void {
    this.#terminal.write(keys);
  }

  kill(signal: NodeJS.Signals): void {
    this.#terminal.kill(signal);
  }

  /** The first match in all that it has shown. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Deadline.after(120_000, `${String(pattern)} to be shown`);
    return deadline.poll(
      () => pattern.exec(this.shown) ?? undefined,
      50,
      () => this.shown,
    );
  }
}
