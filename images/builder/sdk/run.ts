import { join } from 'node:path';

import { HOST_PATH } from '../../../harness/process/host-tools.ts';
import type { Entry } from '../cache/step.ts';
import { runInNamespace, type RunOptions } from '../command/run.ts';
import { hostEnvironment } from './environment.ts';
import { SDK_DIRECTORY } from '../config/sdk-packages.ts';

export interface Mount {
  /** Absolute path of a directory or file. */
  readonly host: string;
  /** Where the command sees it: under /hotfire, or a file that the SDK has. */
  readonly sdk: string;
  readonly writable?: boolean;
}

export interface SdkRunOptions extends Omit<RunOptions, 'env'> {
  readonly mounts: readonly Mount[];
  readonly env?: Readonly<Record<string, string>>;
  /** The command's working directory; default /hotfire. */
  readonly directory?: string;
  /** Gives the command the host's name servers and certificates; without, it should need no network. */
  readonly network?: boolean;
}

const NETWORK_FILES = ['/etc/resolv.conf', '/etc/ssl/certs/ca-certificates.crt'];

/** The unpacked SDK. Commands see it read-only, with what they work on mounted under /hotfire. */
export class Sdk {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  static of(entry: Pick<Entry, 'directory'>): Sdk {
    return new Sdk(join(entry.directory, 'root'));
  }

  /** @throws {CommandError} unless the command succeeds. */
  async run(argv: readonly string[], options: SdkRunOptions): Promise<void> {
    const network = options.network === true ? NETWORK_FILES.map((file) => ({ host: file, sdk: file })) : [];
    const mounts = [...network, ...options.mounts].flatMap(({ host, sdk, writable }: Mount) => [
      writable === true ? 'rw' : 'ro',
      host,
      sdk,
    ]);
    const enter = join(SDK_DIRECTORY, 'enter.sh');
    await runInNamespace([enter, this.root, options.directory ?? '/hotfire', ...mounts, '--', ...argv], {
      what: options.what,
      log: options.log,
      signal: options.signal,
      env: { ...hostEnvironment(), PATH: HOST_PATH, HOME: '/tmp', ...options.env },
    });
  }
}
