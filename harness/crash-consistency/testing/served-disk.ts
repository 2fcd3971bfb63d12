import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

import { onTestFinished } from 'vitest';

import { scratchDirectory } from '../../util/testing/scratch.ts';
import { RawFile } from '../content.ts';
import { DataLog } from '../data-log.ts';
import { NbdServer } from '../nbd/server.ts';
import { RecordedDisk } from '../recorded-disk.ts';

export const EXPORT = 'disk';

/** A disk of random content that is recorded and served until the current test ends. */
export async function servedDisk(sizeBytes: number) {
  const scratch = await scratchDirectory();
  const content = randomBytes(sizeBytes);
  await writeFile(scratch('base.raw'), content);
  const log = new DataLog(scratch('log'));
  const base = new RawFile(scratch('base.raw'));
  const disk = new RecordedDisk(base, log);
  const server = await NbdServer.listen(scratch('nbd.sock'));
  server.add(EXPORT, disk);
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    log[Symbol.dispose]();
    base[Symbol.dispose]();
  });
  return { scratch, content, disk, server };
}
