import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';

import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';

import { scratchDirectory } from '../testing/scratch.ts';
import { readRegularFile } from './regular-file.ts';

describe('readRegularFile', () => {
  it('reads a file', async () => {
    const scratch = await scratchDirectory();
    await writeFile(scratch('file'), 'content');
    expect(String(await readRegularFile(scratch('file')))).toBe('content');
  });

  it('refuses at once what may have no end, by its kind', async () => {
    const scratch = await scratchDirectory();
    await execa('mkfifo', [scratch('fifo')]);
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(scratch('socket'), resolve));
    await expect(readRegularFile(scratch('fifo'))).rejects.toThrow('fifo is a FIFO, not a file.');
    await expect(readRegularFile(scratch('socket'))).rejects.toThrow('socket is a socket, not a file.');
    await expect(readRegularFile(scratch('.'))).rejects.toThrow('is a directory, not a file.');
    await expect(readRegularFile('/dev/zero')).rejects.toThrow(
      '/dev/zero is a character device, not a file.',
    );
  });
});
