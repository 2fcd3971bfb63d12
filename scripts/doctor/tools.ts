import { HOST_TOOLS, installHint, locateTool, type HostTool } from '../../harness/process/host-tools.ts';
import type { Check, Finding } from './finding.ts';

/** Every tool of the table, but for QEMU and its firmware: emulation.ts runs the one and reads the other. */
export const toolChecks: readonly Check[] = HOST_TOOLS.filter(
  ({ sign }) => !/^(?:qemu-system-|firmware:)/.test(sign),
).map((tool) => () => checkTool(tool));

async function checkTool({ sign, uses, purpose }: HostTool): Promise<Finding> {
  const base = { topic: sign.replace(/^file:.*\//, ''), essential: uses.includes('boot') };
  const path = await locateTool(sign);
  if (path !== undefined) return { ...base, state: 'good', found: path };
  return { ...base, state: 'missing', found: `absent; ${purpose}`, hint: installHint(sign) };
}
