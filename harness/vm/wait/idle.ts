import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 250;
/** As much as an idle guest was seen to take between two polls, emulated. */
const IDLE_CPU_MS = 20;
const MAX_WAIT_MS = 5000;

/**
 * Waits until a machine uses hardly any CPU time. A fork continues the work that its machine was frozen in before it answers:
 * forks of a machine that was frozen as soon as it had booted took up to half as long again.
 *
 * @param maxWaitMs then the wait ends without an error, since some guests are never idle.
 */
export async function waitForIdle(
  vm: { cpuTimeMs(): number },
  signal: AbortSignal,
  maxWaitMs = MAX_WAIT_MS,
): Promise<void> {
  const end = performance.now() + maxWaitMs;
  let usedMs = vm.cpuTimeMs();
  while (performance.now() < end) {
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
    const nowUsedMs = vm.cpuTimeMs();
    if (nowUsedMs - usedMs <= IDLE_CPU_MS) return;
    usedMs = nowUsedMs;
  }
}
