import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { InfrastructureError } from '../util/errors.ts';

/** The bytes of a disk at one moment, which never change. */
export interface DiskContent {
  readonly sizeBytes: number;
  /**
   * Synchronous, as all of this layer: the host's page cache answers sooner than another thread would, and a request, its
   * place in the record and its effect are one step.
   */
  read(offset: number, lengthBytes: number): Buffer;
}

/** A raw disk image that is never written. */
export class RawFile implements DiskContent, Disposable {
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #descriptor: number;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, 'r');
    this.sizeBytes = fstatSync(this.#descriptor).size;
  }

  read(offset: number, lengthBytes: number): Buffer {
    const bytes = Buffer.allocUnsafe(lengthBytes);
    const got = readSync(this.#descriptor, bytes, 0, lengthBytes, offset);
    if (got === lengthBytes) return bytes;
    throw new InfrastructureError(
      `${this.#path} gave ${got} of ${lengthBytes} bytes at ${offset}; it was cut short while it was in use.`,
    );
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
