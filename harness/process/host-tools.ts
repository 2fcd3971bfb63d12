import { access, constants } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';

import { which } from './which.ts';

const USES = ['boot', 'build', 'test', 'develop'] as const;

/** boot: nothing boots without it · build: images · test: edits and inspects disks · develop: Hotfire itself. */
export type ToolUse = (typeof USES)[number];

export interface HostTool {
  /** What shows that it is installed: a program, `file:PATH` or `firmware:ARCH`. */
  readonly sign: string;
  /** Debian's and Ubuntu's, which name these packages alike. */
  readonly package: string;
  readonly uses: readonly ToolUse[];
  readonly purpose: string;
}

/** Text, since scripts/setup reads it in bash before there is a Node. */
const TABLE = new URL('host-tools.txt', import.meta.url);

export const HOST_TOOLS: readonly HostTool[] = parseTable(readFileSync(TABLE, 'utf8'));

/** Some tools are in sbin, which is not on the path of an ordinary user on Debian. */
export const HOST_PATH = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);

function parseTable(text: string): HostTool[] {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return rows.map((row) => {
    const [sign = '', name = '', uses = '', purpose = ''] = row.split('|').map((cell) => cell.trim());
    return { sign, package: name, uses: uses.split(',').map(parseUse), purpose };
  });
}

function parseUse(text: string): ToolUse {
  const use = USES.find((known) => known === text.trim());
  if (use === undefined) throw new Error(`host-tools.txt has the use "${text}"; known: ${USES.join(', ')}.`);
  return use;
}

/** The package that has a tool of the table. */
export function packageOf(sign: string): string {
  const tool = HOST_TOOLS.find((one) => one.sign === sign);
  if (tool === undefined) throw new Error(`harness/process/host-tools.txt has no "${sign}".`);
  return tool.package;
}

/** How to get a tool of the table. */
export function installHint(sign: string): string {
  return `Run \`scripts/setup\`, or install the package ${packageOf(sign)}.`;
}

/** Where a program or `file:PATH` of the table is; undefined when it is missing. */
export async function locateTool(sign: string): Promise<string | undefined> {
  if (!sign.startsWith('file:')) return which(sign, HOST_PATH);
  const path = sign.slice('file:'.length);
  return access(path, constants.R_OK).then(
    () => path,
    () => undefined,
  );
}
