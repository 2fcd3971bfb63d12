import { closeSync, openSync, readSync, writeSync } from 'node:fs';

import { InfrastructureError } from '../util/errors.ts';

/** A file that only grows: the data of all writes, one after the other, so that none is lost to a later one. */
export class DataLog implements Disposable {
  readonly #descriptor: number;
  #sizeBytes = 0;

  /** @param path a file that does not exist yet. */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx+', 0o600);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** @returns where in the file the data is. */
  append(data: Uint8Array): number {
    const position = this.#sizeBytes;
    for (let done = 0; done < data.length;) {
      done += writeSync(this.#descriptor, data, done, data.length - done, position + done);
    }
    this.#sizeBytes += data.length;
    return position;
  }

  /** @throws {InfrastructureError} when the file has been cut short. */
  readInto(target: Buffer, position: number): void {
    const got = readSync(this.#descriptor, target, 0, target.length, position);
    if (got === target.length) return;
    throw new InfrastructureError(
      `The record of a disk's writes gave ${got} of ${target.length} bytes at ${position}; it was cut short.`,
    );
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
