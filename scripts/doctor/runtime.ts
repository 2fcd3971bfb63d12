import { readFile } from 'node:fs/promises';

import { messageOf } from '../../harness/util/errors.ts';
import type { Check, Finding } from './finding.ts';

/** The Node that runs this, and the one npm package that is compiled on the host. */
export const runtimeChecks: readonly Check[] = [checkNode, checkNodePty];

async function checkNode(): Promise<Finding> {
  const packageFile = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { engines } = JSON.parse(packageFile) as { engines: { node: string } };
  const oldest = engines.node.replace(/^>=/, '');
  const base = { topic: 'Node', essential: true };
  const found = `${process.versions.node} (${process.execPath})`;
  if (isAtLeast(process.versions.node, oldest)) return { ...base, state: 'good', found };
  const hint = `Install Node ${oldest} or newer: from Debian 13, or https://nodejs.org/en/download.`;
  return { ...base, state: 'missing', found, hint };
}

async function checkNodePty(): Promise<Finding> {
  const base = { topic: 'node-pty', essential: false };
  try {
    await import('node-pty');
    return { ...base, state: 'good', found: 'its binary loads' };
  } catch (error) {
    const hint =
      'Only the tests in a real terminal need it. Install python3, make and g++, then run `npm rebuild node-pty`.';
    return { ...base, state: 'limited', found: messageOf(error).split('\n')[0] ?? '', hint };
  }
}

/** Compares by number, part for part; a part that is not there counts as 0. */
export function isAtLeast(version: string, oldest: string): boolean {
  const parts = version.split('.').map(Number);
  const wanted = oldest.split('.').map(Number);
  const different = wanted.findIndex((part, index) => part !== (parts[index] ?? 0));
  return different === -1 || (parts[different] ?? 0) > (wanted[different] ?? 0);
}
