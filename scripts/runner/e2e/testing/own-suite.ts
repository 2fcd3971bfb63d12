import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { unbootableDisk } from '../../../../harness/image/testing/unbootable-disk.ts';
import { scratchDirectory } from '../../../../harness/util/testing/scratch.ts';

const CLI = fileURLToPath(new URL('../../../test.ts', import.meta.url));

/**
 * A suite of a user's own, on a disk on which the firmware finds nothing to boot.
 *
 * @param body what follows `const test = suite();`.
 * @returns the arguments of a node that does what `npm test` does, and where its report goes.
 */
export async function ownSuite(body: string): Promise<{ args: string[]; report: string; image: string }> {
  const scratch = await scratchDirectory();
  const file = scratch('suites/own/all.suite.ts');
  await mkdir(dirname(file), { recursive: true });
  const imports = [
    `import { readdirSync } from 'node:fs';`,
    `import { dirname } from 'node:path';`,
    `import { expect, suite, writeRange } from 'hotfire';`,
  ].join('\n');
  await writeFile(file, `${imports}\nconst test = suite();\n${body}\n`);
  const image = await unbootableDisk();
  const chosen = ['--image', image, '--suites', scratch('suites'), '--report', scratch('report')];
  return { args: ['--import', import.meta.resolve('tsx'), CLI, ...chosen], report: scratch('report'), image };
}
