import { readFileSync } from 'node:fs';

/** Of the ticks that programs see: 100 a second on every architecture that QEMU supports as a host (USER_HZ). */
const MS_PER_TICK = 10;

/** What a process and its threads have taken of the host's CPUs, in steps of 10 ms. Undefined when there is no such process. */
export function cpuTimeMsOf(pid: number): number | undefined {
  const fields = fieldsFromThird(pid);
  return fields && (Number(fields[14 - 3]) + Number(fields[15 - 3])) * MS_PER_TICK;
}

/** One letter as in proc(5), such as R for running and T for stopped. Undefined when there is no such process. */
export function stateOf(pid: number): string | undefined {
  return fieldsFromThird(pid)?.[0];
}

/** Of proc(5)'s stat. */
function fieldsFromThird(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may hold blanks and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
