import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 250;
/** As much as an idle guest was seen to take between two looks, emulated. */
const IDLE_CPU_MS = 20;
const PATIENCE_MS = 5000;

/**
 * Waits until a machine hardly computes any more. What a guest is busy with when it is frozen, each of its forks must go on
 * with before it answers: those of a machine that was frozen as soon as it had booted took up to half as long again.
 *
 * @param patienceMs after this it is no matter, since some guests never rest.
 */
export async function comeToRest(
  vm: { cpuTimeMs(): number },
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patienceMs;
  let takenMs = vm.cpuTimeMs();
  while (performance.now() < end) {
    await sleep(LOOK_EVERY_MS, undefined, { signal });
    const nowTakenMs = vm.cpuTimeMs();
    if (nowTakenMs - takenMs <= IDLE_CPU_MS) return;
    takenMs = nowTakenMs;
  }
}
