import { logEnds } from '../../util/files/log-ends.ts';
import { openEvidence } from './open-evidence.ts';

export interface Excerpt {
  readonly head: string;
  /** Empty when the whole log is in `head`. */
  readonly tail: string;
  /** Between the two. */
  readonly omittedBytes: number;
}

/**
 * The beginning and the end of a log, in whole lines, if it has more than `maxBytes`; else all of it.
 *
 * @returns undefined when there is no such regular file; what a link leads to is not read.
 */
export async function readExcerpt(path: string, maxBytes: number): Promise<Excerpt | undefined> {
  const opened = await openEvidence(path);
  if (opened === undefined) return undefined;
  await using file = opened.file;
  const { size } = opened;
  const read = async (position: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
  if (size <= maxBytes) return { head: (await read(0, size)).toString('utf8'), tail: '', omittedBytes: 0 };
  const { headBytes, tailBytes } = logEnds(maxBytes);
  const head = withoutLastPiece(await read(0, headBytes));
  const tail = withoutFirstPiece(await read(size - tailBytes, tailBytes));
  return {
    ...{ head: head.toString('utf8'), tail: tail.toString('utf8') },
    omittedBytes: size - head.length - tail.length,
  };
}

function withoutLastPiece(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(10) + 1);
}

/** All of it, if it is the middle of one line. */
function withoutFirstPiece(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf(10) + 1);
}
