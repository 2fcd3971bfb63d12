import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { dir } from 'tmp-promise';

import { InfrastructureError } from '../../util/errors.ts';
import { copyCapped } from './copy-capped.ts';
import { copyHead } from './copy-head.ts';
import { keepDirectory, runRoot } from '../../process/run-root.ts';
import { SCREEN_FILE } from '../last-look/screen.ts';

/** sun_path of unix(7) holds 108 bytes, the ending zero included. */
const MAX_SOCKET_PATH_BYTES = 107;
const LONGEST_SOCKET = 'spare-qmp.sock';
const LONGEST_LABEL = 24;

/** What is left of a machine's life, for afterwards; its disks and sockets are not among them. */
export const EVIDENCE_FILES = [
  'console.log',
  'console.raw',
  'journal.jsonl',
  'qmp.log',
  'qemu.stderr',
  'qemu.argv',
  SCREEN_FILE,
] as const;

/** A console that repeats a trace for ever must not fill the disk of whoever keeps reports. */
const LOG_BYTES = 32 * 2 ** 20;
const FIRMWARE_VARIABLES = /^firmware-vars\.\w+$/;
/** The rest of a flash chip of 64 MiB, as aarch64 has, is empty. */
const FIRMWARE_VARIABLES_BYTES = 2 ** 20;

/** The directory of one machine: disks, sockets and evidence. */
export class VmDirectory {
  readonly path: string;
  #kept = false;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param label goes into the name; what a file name should not hold is replaced. */
  static async create(label: string): Promise<VmDirectory> {
    const prefix = label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, LONGEST_LABEL);
    const { path } = await dir({ tmpdir: await runRoot(), template: `${prefix || 'vm'}-XXXXXX`, keep: true });
    if (Buffer.byteLength(join(path, LONGEST_SOCKET)) > MAX_SOCKET_PATH_BYTES) {
      throw new InfrastructureError(
        `${path} is too long a name: unix sockets in it can't have more than ${MAX_SOCKET_PATH_BYTES} bytes.`,
        { hint: 'Point TMPDIR to a directory with a shorter path.' },
      );
    }
    return new VmDirectory(path);
  }

  /** A short name for reports, unique within the run. */
  get id(): string {
    return basename(this.path);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Lets the directory, disks included, outlive the machine and the run. */
  keep(): void {
    this.#kept = true;
    keepDirectory(this.path);
  }

  get kept(): boolean {
    return this.#kept;
  }

  /**
   * Copies the evidence that there is, with the beginning of the firmware's variables.
   *
   * @param machine what it was made of, for `machine.json`.
   * @returns the names of the files in `target`, which is made if need be.
   */
  async saveEvidence(target: string, machine: object): Promise<string[]> {
    await mkdir(target, { recursive: true });
    const here = new Set(await readdir(this.path));
    const saved = EVIDENCE_FILES.filter((name) => here.has(name));
    await Promise.all(saved.map((name) => copyCapped(this.file(name), join(target, name), LOG_BYTES)));
    const variables = [...here].filter((name) => FIRMWARE_VARIABLES.test(name));
    for (const name of variables) {
      await copyHead(this.file(name), join(target, name), FIRMWARE_VARIABLES_BYTES);
    }
    await writeFile(join(target, 'machine.json'), `${JSON.stringify(machine, null, 2)}\n`);
    return [...saved, ...variables, 'machine.json'];
  }

  async removeUnlessKept(): Promise<void> {
    if (!this.#kept) await rm(this.path, { recursive: true, force: true });
  }
}
