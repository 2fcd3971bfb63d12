import { described, lengthOf, readContent, type Content, type DescribedContent } from '../content.ts';

/** An answer on its way out. */
export interface Body {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: the client does not know it, and gets chunks. */
  readonly lengthBytes: number | undefined;
  /** Throwing cuts the connection. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Aborts when the connection has gone. */
  readonly gone: AbortSignal;
}

export function textBody(
  status: number,
  text: string,
  gone: AbortSignal,
  headers: Body['headers'] = {},
): Body {
  const bytes = Buffer.from(text);
  return { status, headers, lengthBytes: bytes.length, chunks: readContent(bytes), gone };
}

/** @param range the request's header of that name; `bytes=N-` and `bytes=N-M` are understood, other forms are ignored. */
export async function contentBody(
  file: Content | DescribedContent,
  range: string | undefined,
  gone: AbortSignal,
): Promise<Body> {
  const { content, headers: own } = described(file);
  const lengthBytes = await lengthOf(content);
  const headers = { ...own, 'accept-ranges': 'bytes' };
  const [, start, end = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  const startBytes = Number(start);
  const endBytes = end === '' ? lengthBytes : Math.min(Number(end) + 1, lengthBytes);
  const isWhole = start === undefined || (startBytes === 0 && endBytes === lengthBytes);
  if (isWhole) return { status: 200, headers, lengthBytes, chunks: readContent(content), gone };
  if (startBytes >= endBytes) return textBody(416, `there are ${lengthBytes} bytes`, gone);
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${startBytes}-${endBytes - 1}/${lengthBytes}` },
    lengthBytes: endBytes - startBytes,
    chunks: readContent(content, startBytes, endBytes),
    gone,
  };
}
