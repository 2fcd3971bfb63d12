import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { finished, pipeline } from 'node:stream/promises';

import { logEnds } from '../../util/files/log-ends.ts';

/** Copies a log; of one with more than `maxBytes`, the beginning and the end, and between them a line that says so. */
export async function copyCapped(from: string, to: string, maxBytes: number): Promise<void> {
  const { size } = await stat(from);
  if (size <= maxBytes) {
    await copyFile(from, to);
    return;
  }
  const { headBytes, tailBytes } = logEnds(maxBytes);
  const tailStart = size - tailBytes;
  const target = createWriteStream(to);
  await pipeline(createReadStream(from, { end: headBytes - 1 }), target, { end: false });
  target.write(`\n[Hotfire left out ${tailStart - headBytes} bytes.]\n`);
  // It may still grow.
  await pipeline(createReadStream(from, { start: tailStart, end: size - 1 }), target, { end: false });
  target.end();
  await finished(target);
}
