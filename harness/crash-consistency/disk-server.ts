import { join } from 'node:path';

import type { ServedDisk } from '../disk/disk-io.ts';
import { Disposables } from '../util/disposables.ts';
import { RawFile, type DiskContent } from './content.ts';
import { DataLog } from './data-log.ts';
import { NbdServer } from './nbd/server.ts';
import { RecordedDisk } from './recorded-disk.ts';

const SOCKET = 'nbd.sock';

/** A recorded disk that a machine can be given, and the host's tools can look at. */
export class ServedRecordedDisk extends RecordedDisk implements ServedDisk {
  readonly format = 'nbd';
  readonly path: string;
  readonly exportName: string;

  constructor(base: DiskContent, log: DataLog, path: string, exportName: string) {
    super(base, log);
    this.path = path;
    this.exportName = exportName;
  }
}

/** Serves disks that are recorded, each by a name of its own, until it is disposed of. */
export class DiskServer implements AsyncDisposable {
  readonly #directory: string;
  readonly #server: NbdServer;
  readonly #resources: Disposables;
  #served = 0;

  private constructor(directory: string, server: NbdServer, resources: Disposables) {
    this.#directory = directory;
    this.#server = server;
    this.#resources = resources;
  }

  /**
   * @param directory of the run: it gets the socket, and what the machines write.
   * @throws {InfrastructureError}
   */
  static async start(directory: string): Promise<DiskServer> {
    const resources = new Disposables();
    const server = resources.use(await NbdServer.listen(join(directory, SOCKET)));
    return new DiskServer(directory, server, resources);
  }

  /** @param path of a raw disk image, which is only read. */
  serveFile(path: string): ServedRecordedDisk {
    const file = new RawFile(path);
    this.#resources.defer(() => {
      file[Symbol.dispose]();
    });
    return this.serve(file);
  }

  /** A disk that begins with this content: that of an image, or a state that a power cut left. Nothing is copied. */
  serve(content: DiskContent): ServedRecordedDisk {
    const name = `disk${++this.#served}`;
    const log = new DataLog(join(this.#directory, `${name}.log`));
    this.#resources.defer(() => {
      log[Symbol.dispose]();
    });
    const disk = new ServedRecordedDisk(content, log, this.#server.socket, name);
    this.#server.add(name, disk);
    return disk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}
