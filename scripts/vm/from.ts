import { UsageError } from '../../harness/util/errors.ts';
import { assembleFrom } from '../../harness/vm/remains/assemble.ts';
import { openRemains } from '../../harness/vm/remains/open.ts';
import type { PoweredOff } from '../../harness/vm/powered-off.ts';
import { tellProgress } from '../cli/notice.ts';
import type { VmFlags } from './command.ts';

/** What the report knows, and what would make another machine of it. */
const EXCLUDED = [
  ...(['variant', 'arch', 'image', 'profile', 'disk-size', 'user-data', 'livepatch'] as const),
  ...(['workloads', 'memory-mib', 'cpus', 'network'] as const),
];

/** The machine that --from names, without power. @throws {UsageError} for flags that don't go with it. */
export async function machineFrom(path: string, flags: VmFlags, signal: AbortSignal): Promise<PoweredOff> {
  const excluded = EXCLUDED.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (excluded !== undefined) {
    throw new UsageError(`--from and --${excluded} exclude each other: the machine is as the report has it.`);
  }
  const remains = await openRemains(path, { signal, notice: tellProgress });
  const { display, gdb } = flags;
  return assembleFrom(remains, { spareQmp: true, ...(display && { display }), ...(gdb && { gdb }) });
}
