import { delimiter } from 'node:path';

import { which } from '../../harness/process/which.ts';
import type { Check, Finding } from './finding.ts';

interface Tool {
  readonly program: string;
  /** Debian's and Ubuntu's. */
  readonly package: string;
  readonly purpose: string;
  readonly essential?: boolean;
}

const TOOLS: readonly Tool[] = [
  { program: 'setpriv', package: 'util-linux', purpose: 'ends QEMU when its parent dies', essential: true },
  { program: 'qemu-img', package: 'qemu-utils', purpose: 'disk overlays', essential: true },
  { program: 'xorriso', package: 'xorriso', purpose: 'user-data on a CD-ROM' },
  { program: 'debugfs', package: 'e2fsprogs', purpose: 'user-data on the PRIVATE partition' },
  { program: 'xz', package: 'xz-utils', purpose: 'images packed with xz' },
  { program: 'zstd', package: 'zstd', purpose: 'images packed with zstd' },
  { program: 'mmdebstrap', package: 'mmdebstrap', purpose: 'building images' },
];

/** Some tools lie in sbin, which is not on the path of an ordinary user on Debian. */
const SEARCH_PATH = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);

export const toolChecks: readonly Check[] = TOOLS.map((tool) => () => checkTool(tool));

async function checkTool({ program, package: name, purpose, essential = false }: Tool): Promise<Finding> {
  const base = { topic: program, essential };
  const path = await which(program, SEARCH_PATH);
  if (path !== undefined) return { ...base, state: 'good', found: path };
  const mend = `Run \`scripts/setup\`, or install the package ${name}.`;
  return { ...base, state: 'missing', found: `absent; it is for ${purpose}`, mend };
}
