import { performance } from 'node:perf_hooks';

import type { Accelerator } from './argv/options.ts';

/** Deadlines are written for a guest under KVM on the reference host; a translated guest takes about this much longer. */
const TCG_FACTOR = 5;
/** Of the whole product. Beyond this a host is not slow but stuck, and a deadline should say so. */
const MAX_SCALE = 20;

const WORK_ITERATIONS = 5_000_000;
/** What the work takes on the reference host, an idle core of a 2025 server CPU at 2.6 GHz. */
const REFERENCE_MS = 9;
const SAMPLES = 5;

/**
 * What to multiply deadlines by.
 *
 * @param hostSlowness how many times slower than the reference host, from measureHostSlowness.
 */
export function deadlineScale(accelerator: Accelerator, hostSlowness: number): number {
  const factor = accelerator === 'tcg' ? TCG_FACTOR : 1;
  return Math.min(Math.max(hostSlowness, 1) * factor, MAX_SCALE);
}

let measured: number | undefined;

/** How busy or slow this host is now: the median of five samples, some 50 ms of work, once per process. */
export function measureHostSlowness(): number {
  measured ??= sampleSlowness();
  return measured;
}

function sampleSlowness(): number {
  const samples = Array.from({ length: SAMPLES }, () => {
    const startedAt = performance.now();
    fnv1a(WORK_ITERATIONS);
    return performance.now() - startedAt;
  });
  const median = samples.sort((left, right) => left - right)[(SAMPLES - 1) / 2] ?? REFERENCE_MS;
  return median / REFERENCE_MS;
}

/** A hash over a counter: integer work that no compiler can shorten. */
function fnv1a(iterations: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < iterations; index++) hash = Math.imul(hash ^ (index & 0xff), 0x01000193);
  return hash;
}
