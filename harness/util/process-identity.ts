import { readFileSync } from 'node:fs';

/**
 * When a process began, in clock ticks since the host booted: field 22 of proc(5)'s stat. With the number it tells a
 * process from a later one that got the same number. Undefined when there is no such process.
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may hold blanks and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
