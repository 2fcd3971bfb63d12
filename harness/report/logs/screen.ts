import { isPng } from '../../util/files/png.ts';
import { openEvidence } from './open-evidence.ts';

/** @returns undefined for what is no PNG, or has more than `maxBytes`. */
export async function readScreen(path: string, maxBytes: number): Promise<Buffer | undefined> {
  const opened = await openEvidence(path);
  if (opened === undefined) return undefined;
  await using file = opened.file;
  if (opened.size > maxBytes) return undefined;
  const content = await file.readFile();
  return isPng(content) ? content : undefined;
}
