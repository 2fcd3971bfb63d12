import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { execa, execaSync } from 'execa';

const WORKSPACE = join(import.meta.dirname, '../../../../images/os');
const TARGET = process.env['CARGO_TARGET_DIR'] ?? join(WORKSPACE, 'target');
const PROGRAM = join(TARGET, 'debug/bridge');

/** Why the guest's real bridge can't run here, if so. A first build would take longer than all the tests. */
export function whyNoGuestBridge(): string | undefined {
  if (existsSync(PROGRAM)) return undefined;
  return `no ${PROGRAM}; build it once by "cargo build -p bridge" in images/os`;
}

export function refreshGuestBridge(): void {
  execaSync('cargo', ['build', '--quiet', '-p', 'bridge'], { cwd: WORKSPACE });
}

/** The program that also runs in the guest, on a socket that stands in for its port. */
export class GuestBridge implements AsyncDisposable {
  readonly #arguments: readonly string[];
  #process: ReturnType<typeof run>;

  private constructor(args: readonly string[]) {
    this.#arguments = args;
    this.#process = run(this.#arguments);
  }

  static async start(portPath: string, services: Readonly<Record<string, string>>): Promise<GuestBridge> {
    const list = `${portPath}.toml`;
    const lines = Object.entries(services).map(([name, path]) => `${name} = ${JSON.stringify(path)}`);
    await writeFile(list, ['[services]', ...lines, ''].join('\n'));
    return new GuestBridge(['serve', '--port', portPath, '--services', list]);
  }

  async killAndRestart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#process = run(this.#arguments);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#process;
  }
}

function run(args: readonly string[]) {
  // The test's own death must not leave it behind.
  return execa('setpriv', ['--pdeathsig', 'KILL', PROGRAM, ...args], {
    reject: false,
    buffer: false,
    stdio: 'ignore',
  });
}
