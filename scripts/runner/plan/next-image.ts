import { readFile } from 'node:fs/promises';

/**
 * The fixtures that need another version of the image. vitest makes a fixture only for a test that names it in its own
 * text, so a file that has neither word needs none.
 */
const ASKS_FOR_IT = /\b(updateSuite|nextImage)\b/;

/** Whether one of these suite files has tests that need another version of the image. */
export async function needNextImage(files: readonly string[]): Promise<boolean> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.some((text) => ASKS_FOR_IT.test(text));
}
