import { readFile, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { runHostTool, type HostToolAnswer } from '../../process/host-tool.ts';

/**
 * Has debugfs(8) change an unmounted ext4 file system. It gets the name in its working directory only,
 * since it splits commands at blanks, and exits with 0 whatever happened: what counts is what can be read afterwards.
 */
export function editExt4(file: string, commands: readonly string[]): Promise<HostToolAnswer> {
  return runHostTool('debugfs', ['-w', '-f', '-', basename(file)], {
    cwd: dirname(file),
    input: commands.join('\n'),
  });
}

/**
 * @param path in the file system, without blanks or quotes, which debugfs would take for its own.
 * @returns undefined when there is no such file.
 */
export async function readFromExt4(file: string, path: string): Promise<Buffer | undefined> {
  const copy = `${file}.dump`;
  try {
    await runHostTool('debugfs', ['-R', `dump ${path} ${basename(copy)}`, basename(file)], {
      cwd: dirname(file),
    });
    return await readFile(copy).catch(() => undefined);
  } finally {
    await rm(copy, { force: true });
  }
}
