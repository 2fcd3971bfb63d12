import { closeSync, openSync, readSync, writeSync } from 'node:fs';

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

  readInto(target: Buffer, position: number): void {
    readSync(this.#descriptor, target, 0, target.length, position);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
