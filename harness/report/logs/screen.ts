import { openEvidence } from './open-evidence.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** @returns undefined for what is no PNG, or has more than `maxBytes`. */
export async function readScreen(path: string, maxBytes: number): Promise<Buffer | undefined> {
  const opened = await openEvidence(path);
  if (opened === undefined) return undefined;
  await using file = opened.file;
  if (opened.size > maxBytes) return undefined;
  const content = await file.readFile();
  return content.subarray(0, SIGNATURE.length).equals(SIGNATURE) ? content : undefined;
}
