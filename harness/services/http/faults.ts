import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { readContent, lengthOf, type Content } from '../content.ts';
import { textBody, type Body } from './body.ts';

/** What goes wrong with an answer. */
export type Fault = (body: Body) => Body | Promise<Body>;

const DRIP_INTERVAL_MS = 50;

/** Answers with an error, such as 404 or 500. */
export function answers(status: number, headers: Body['headers'] = {}): Fault {
  return ({ gone }) => textBody(status, `fault: ${status}`, gone, headers);
}

/** Says something else of the right content. */
export function describedBy(headers: Body['headers']): Fault {
  return (body) => ({ ...body, headers: { ...body.headers, ...headers } });
}

/** Only the first answers go wrong. */
export function firstTimes(count: number, fault: Fault): Fault {
  let left = count;
  return (body) => (left-- > 0 ? fault(body) : body);
}

/** Answers with something else: metadata of yesterday, any bytes. Ranges of it are not served. */
export function replacedBy(content: Content): Fault {
  return async (body) => ({
    ...body,
    status: 200,
    headers: {},
    lengthBytes: await lengthOf(content),
    chunks: readContent(content),
  });
}

/** One bit is wrong, in the middle; the length is right. */
export function corrupted(): Fault {
  return (body) => ({ ...body, chunks: flipBit(body.chunks, Math.floor((body.lengthBytes ?? 0) / 2)) });
}

/** The end is missing, and the length says that this is all. */
export function shortened(byBytes: number): Fault {
  return (body) => {
    const lengthBytes = Math.max(0, (body.lengthBytes ?? 0) - byBytes);
    return { ...body, lengthBytes, chunks: first(body.chunks, lengthBytes) };
  };
}

/** Zeros follow, and the length includes them. */
export function lengthened(byBytes: number): Fault {
  return (body) => ({
    ...body,
    lengthBytes: (body.lengthBytes ?? 0) + byBytes,
    chunks: concatenate(body.chunks, [Buffer.alloc(byBytes)]),
  });
}

/** Zeros follow, without end, for as long as the client takes them. */
export function endless(): Fault {
  return (body) => ({ ...body, lengthBytes: undefined, chunks: concatenate(body.chunks, zeros()) });
}

/** The connection breaks after so many bytes of the body. */
export function cutAfter(bytes: number): Fault {
  return (body) => ({ ...body, chunks: cut(body.chunks, bytes) });
}

/**
 * Nothing more comes after so many bytes of the body, and the connection stays.
 *
 * @param goOn its end lets the rest through; default: the rest never comes.
 */
export function stalledAfter(bytes: number, goOn: Promise<unknown> = new Promise(() => undefined)): Fault {
  return (body) => ({ ...body, chunks: stall(body, bytes, goOn) });
}

/** The body comes slowly. */
export function dripping(bytesPerSecond: number): Fault {
  return (body) => ({ ...body, chunks: drip(body, bytesPerSecond) });
}

async function* first(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

async function* flipBit(chunks: AsyncIterable<Buffer>, position: number): AsyncGenerator<Buffer> {
  let offset = 0;
  for await (const chunk of chunks) {
    const index = position - offset;
    offset += chunk.length;
    if (index < 0 || index >= chunk.length) {
      yield chunk;
      continue;
    }
    const changed = Buffer.from(chunk);
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
    yield changed;
  }
}

async function* concatenate(chunks: AsyncIterable<Buffer>, more: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  yield* more;
}

function* zeros(): Generator<Buffer> {
  const block = Buffer.alloc(65_536);
  for (;;) yield block;
}

async function* cut(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  yield* first(chunks, bytes);
  throw new Error('the connection is cut, as the fault wants it');
}

async function* stall({ chunks, gone }: Body, bytes: number, goOn: Promise<unknown>): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    if (chunk.length > left) {
      await Promise.race([goOn, gone.aborted || once(gone, 'abort')]);
      gone.throwIfAborted();
      yield chunk.subarray(left);
    }
    left = chunk.length > left ? Infinity : left - chunk.length;
  }
}

async function* drip({ chunks, gone }: Body, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const portion = Math.max(1, Math.floor((bytesPerSecond * DRIP_INTERVAL_MS) / 1000));
  let dueAtMs = performance.now();
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += portion) {
      const drop = chunk.subarray(start, start + portion);
      yield drop;
      dueAtMs += (drop.length * 1000) / bytesPerSecond;
      await sleep(Math.max(0, dueAtMs - performance.now()), undefined, { signal: gone });
    }
  }
}
