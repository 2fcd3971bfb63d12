import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { execa, ExecaError } from 'execa';

import { InfrastructureError, messageOf, UsageError } from '../../util/errors.ts';
import type { Compression } from '../disk/formats.ts';

const CHUNK_BYTES = 256 * 1024;
const KILL_AFTER_MS = 1000;

/**
 * Node reads gzip itself. It has no xz at all and zstd only from 22.15 on, and npm's packages for them compile native code
 * or have no releases any more; the tools are on every distribution, and read what each of them can write.
 */
const TOOLS = {
  xz: { command: ['xz', '-dc'], package: 'xz-utils' },
  // Without it, zstd refuses what was packed with a window of more than 128 MiB.
  zstd: { command: ['zstd', '-dc', '--long=31'], package: 'zstd' },
} as const;

export interface DecompressOptions {
  readonly signal: AbortSignal;
  /** Called with the number of packed bytes that were read. */
  readonly onRead: (lengthBytes: number) => void;
}

/**
 * Gives the unpacked content of a file to `write`, piece by piece.
 *
 * @throws {UsageError} when the file is damaged; {InfrastructureError} when the host lacks the tool; what `write` throws.
 */
export async function decompress(
  path: string,
  compression: Compression,
  write: (chunks: AsyncIterable<Buffer>) => Promise<void>,
  { signal, onRead }: DecompressOptions,
): Promise<void> {
  const source = counted(createReadStream(path, { highWaterMark: CHUNK_BYTES }), onRead);
  try {
    if (compression === 'gzip') {
      await pipeline(source, createGunzip({ chunkSize: CHUNK_BYTES }), write, { signal });
    } else await throughTool(compression, source, write, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw explain(error, path, compression);
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, onRead: DecompressOptions['onRead']) {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function throughTool(
  tool: keyof typeof TOOLS,
  source: AsyncIterable<Buffer>,
  write: (chunks: AsyncIterable<Buffer>) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const [program, ...args] = TOOLS[tool].command;
  const child = execa(program, args, {
    ...{ stdin: source, buffer: { stdout: false }, env: { LC_ALL: 'C' } },
    ...{ cancelSignal: signal, forceKillAfterDelay: KILL_AFTER_MS },
  });
  // What it says at its end is asked for below, which may be after it.
  child.catch(() => undefined);
  try {
    await write(child.stdout);
  } catch (error) {
    child.kill();
    await child.catch(() => undefined);
    throw error;
  }
  await child;
}

function explain(error: unknown, path: string, compression: Compression): unknown {
  if (error instanceof ExecaError && error.code === 'ENOENT' && compression !== 'gzip') {
    const [program] = TOOLS[compression].command;
    return new InfrastructureError(`The host has no "${program}", which unpacks ${path}.`, {
      cause: error,
      hint: `Install the package ${TOOLS[compression].package}, or run scripts/setup.`,
    });
  }
  const why = damageIn(error);
  if (why === undefined) return error;
  return new UsageError(`${path} is damaged or cut short: ${compression} says "${why}".`, {
    cause: error,
    hint: 'Get it again: a download may have ended early.',
  });
}

/** Undefined for an error that isn't about the packed content. */
function damageIn(error: unknown): string | undefined {
  if (error instanceof ExecaError)
    return error.exitCode === undefined ? undefined : String(error.stderr).trim();
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code?.startsWith('Z_') === true ? messageOf(error) : undefined;
}
