import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { Updater } from 'tuf-js';

import { scratchDirectory } from '../../../util/testing/scratch.ts';
import { FileService } from '../../http/file-service.ts';
import type { FileTree } from '../../content.ts';

/** A machine that updates itself with an independent TUF client (npm's own, tuf-js), from a service of ours. */
export class TufClient implements AsyncDisposable {
  readonly service: FileService;
  readonly #file: (name: string) => string;

  private constructor(service: FileService, file: (name: string) => string) {
    this.service = service;
    this.#file = file;
  }

  static async of(files: FileTree, firstRoot: Buffer): Promise<TufClient> {
    const file = await scratchDirectory();
    for (const directory of ['metadata', 'targets']) await mkdir(file(directory));
    await writeFile(file('metadata/root.json'), firstRoot);
    return new TufClient(await FileService.listen(files), file);
  }

  /** Walks the metadata as a fresh process would, which remembers what the last one trusted. */
  async refresh(): Promise<Updater> {
    const url = `http://127.0.0.1:${this.service.port ?? 0}`;
    const updater = new Updater({
      metadataDir: this.#file('metadata'),
      metadataBaseUrl: `${url}/metadata`,
      targetDir: this.#file('targets'),
      targetBaseUrl: `${url}/targets`,
    });
    await updater.refresh();
    return updater;
  }

  /** @returns the target's bytes; undefined when the metadata does not know it. */
  async download(name: string): Promise<Buffer | undefined> {
    const updater = await this.refresh();
    const info = await updater.getTargetInfo(name);
    if (info === undefined) return undefined;
    return readFile(await updater.downloadTarget(info, this.#file('targets/download')));
  }

  async trustedVersion(role: string): Promise<unknown> {
    const { signed } = JSON.parse(await readFile(this.#file(`metadata/${role}.json`), 'utf8')) as {
      signed: { version: unknown };
    };
    return signed.version;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
  }
}
