import { lengthOf, readContent, type Content } from '../content.ts';

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

export function textBody(status: number, text: string, gone: AbortSignal): Body {
  const bytes = Buffer.from(`${text}\n`);
  return { status, headers: {}, lengthBytes: bytes.length, chunks: readContent(bytes), gone };
}

/** @param range the request's header of that name; of its forms `bytes=N-` is understood, others are ignored. */
export async function contentBody(
  content: Content,
  range: string | undefined,
  gone: AbortSignal,
): Promise<Body> {
  const lengthBytes = await lengthOf(content);
  const startBytes = Number(/^bytes=(\d{1,15})-$/.exec(range ?? '')?.[1] ?? 0);
  const headers = { 'accept-ranges': 'bytes' };
  if (startBytes === 0) return { status: 200, headers, lengthBytes, chunks: readContent(content), gone };
  if (startBytes >= lengthBytes) return textBody(416, `there are ${lengthBytes} bytes`, gone);
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${startBytes}-${lengthBytes - 1}/${lengthBytes}` },
    lengthBytes: lengthBytes - startBytes,
    chunks: readContent(content, startBytes),
    gone,
  };
}
