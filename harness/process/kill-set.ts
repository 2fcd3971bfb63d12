/**
 * The process groups that must not outlive this process. They die even when it ends by process.exit() or an uncaught
 * error; its own SIGKILL is covered by each child's parent-death signal.
 */
const groups = new Set<number>();
let installed = false;

export function addToKillSet(pid: number): void {
  if (!installed) {
    installed = true;
    process.on('exit', killAll);
  }
  groups.add(pid);
}

export function removeFromKillSet(pid: number): void {
  groups.delete(pid);
}

/** Synchronous, because nothing else runs in an 'exit' listener. */
function killAll(): void {
  for (const pid of groups) killGroup(pid);
  groups.clear();
}

/** @returns false if the group no longer exists. */
export function killGroup(pid: number): boolean {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
