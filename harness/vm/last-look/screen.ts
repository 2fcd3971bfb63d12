import { readFile, rm, stat } from 'node:fs/promises';

import type { QmpClient } from '../../qemu/qmp/client.ts';
import { Deadline } from '../../util/deadline.ts';
import { ImageError } from '../../util/errors.ts';

/** In the evidence of a machine with a display. */
export const SCREEN_FILE = 'screen.png';

const QMP_MS = 10_000;
/** A guest chooses the size of its screen. */
const MAX_PNG_BYTES = 32 * 2 ** 20;

/**
 * Has QEMU put a picture of the machine's screen into a file, a PNG.
 *
 * @throws {QmpCommandError} when QEMU takes none, as of a machine without a display; {ImageError} for one that is too large.
 */
export async function saveScreen(qmp: Pick<QmpClient, 'execute'>, file: string): Promise<void> {
  const deadline = Deadline.after(QMP_MS, 'a picture of the display');
  await qmp.execute('screendump', { filename: file, format: 'png' }, deadline);
  const { size } = await stat(file);
  if (size <= MAX_PNG_BYTES) return;
  await rm(file);
  throw new ImageError(`The picture has ${size} bytes, more than ${MAX_PNG_BYTES}.`);
}

/** The same picture, of which no file stays. @param file where QEMU can write. */
export async function takeScreen(qmp: Pick<QmpClient, 'execute'>, file: string): Promise<Buffer> {
  try {
    await saveScreen(qmp, file);
    return await readFile(file);
  } finally {
    await rm(file, { force: true });
  }
}
