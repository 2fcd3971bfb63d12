import { writeFile } from 'node:fs/promises';

import { execa } from 'execa';

/** Path of the program; `npm test` and `npm run check -- --rust` build it, and set this. */
const PROGRAM = process.env['HOTFIRE_GUEST_BRIDGE'] ?? '';

/** Why the guest's real bridge can't run here, if so. */
export function whyNoGuestBridge(): string | undefined {
  return PROGRAM === '' ? 'HOTFIRE_GUEST_BRIDGE names no build of images/os/crates/bridge' : undefined;
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
