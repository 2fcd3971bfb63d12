import { onTestFinished } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import type { DiskContent } from '../content.ts';
import { DataLog } from '../data-log.ts';
import type { BlockAnswer, BlockRequest } from '../device.ts';
import { RecordedDisk } from '../recorded-disk.ts';

/** A base that is all zeroes. */
export function blank(sizeBytes: number): DiskContent {
  return { sizeBytes, read: (_offset, lengthBytes) => Buffer.alloc(lengthBytes) };
}

/** A recorded disk to which a test writes directly, and whose answers it gives when it wants. */
export class ScriptedDisk {
  readonly disk: RecordedDisk;

  private constructor(disk: RecordedDisk) {
    this.disk = disk;
  }

  static async create(sizeBytes: number): Promise<ScriptedDisk> {
    const scratch = await scratchDirectory();
    const log = new DataLog(scratch('log'));
    onTestFinished(() => {
      log[Symbol.dispose]();
    });
    return new ScriptedDisk(new RecordedDisk(blank(sizeBytes), log));
  }

  /** The answer is on its way until `given` is called. */
  submit(kind: BlockRequest['kind'], offset = 0, data: Buffer = Buffer.alloc(0)): Promise<BlockAnswer> {
    return this.disk.submit({ kind, offset, lengthBytes: data.length, fua: false, data });
  }

  async write(offset: number, data: Buffer): Promise<void> {
    (await this.submit('write', offset, data)).given();
  }

  async flush(): Promise<void> {
    (await this.submit('flush')).given();
  }
}

/** A sector, all of one byte. */
export function sector(byte: number): Buffer {
  return Buffer.alloc(512, byte);
}
