import { readFile } from 'node:fs/promises';

/**
 * What has to be built for a fixture, by the words that ask for it. vitest makes a fixture only for a test that names it in
 * its own text, so a file that has none of its words needs none.
 */
const ASKS_FOR = {
  /** Another version of the image. */
  nextImage: /\b(updateSuite|nextImage)\b/,
  /** Images of containers. */
  workloads: /\b(containerSuite|workloads)\b/,
  /** Live patches for the image's kernel. */
  livepatches: /\blivepatches\b/,
};

/** What the tests of these suite files need beside the image under test. */
export type Needs = Readonly<Record<keyof typeof ASKS_FOR, boolean>>;

export async function needsOf(files: readonly string[]): Promise<Needs> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const asked = (words: RegExp): boolean => texts.some((text) => words.test(text));
  const { nextImage, workloads, livepatches } = ASKS_FOR;
  return { nextImage: asked(nextImage), workloads: asked(workloads), livepatches: asked(livepatches) };
}
