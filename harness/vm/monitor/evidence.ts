import type { Console } from '../../guest/console/console.ts';
import type { MachineSymptom } from './verdict/crash-error.ts';
import type { StallWatch } from './stall-watch.ts';
import type { VmDirectory } from '../directory/vm-directory.ts';

export interface Evidence {
  readonly directory: VmDirectory;
  readonly console: Console;
  readonly noted: readonly MachineSymptom[];
  readonly stalls: Pick<StallWatch, 'samples'>;
}

/** What is printed under every error that a wait for the machine ends with. */
export function describeEvidence({ directory, console, noted, stalls }: Evidence): string {
  const tail = console.tail();
  const said = tail.length === 0 ? ['(nothing)'] : tail;
  return [
    ...noted.map(({ kind, title }) => `Noted before (${kind}): ${title}`),
    `The console's last ${said.length} lines:`,
    ...said.map((line) => `  | ${line}`),
    ...stalls.samples,
    `The machine's directory: ${directory.path}`,
  ].join('\n');
}
