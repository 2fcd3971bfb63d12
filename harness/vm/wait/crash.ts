import { setTimeout as sleep } from 'node:timers/promises';

import type { Finding, FindingKind } from '../../guest/diagnosis/finding.ts';
import type { Deadline } from '../../util/deadline.ts';
import { COLLECT_MS } from '../monitor/crash-watch.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { MachineSymptom } from '../monitor/verdict/crash-error.ts';

const LOOK_MS = 100;

/**
 * Waits for a sign of trouble of this kind, and for what its report says of it.
 *
 * @throws the machine's failure when that came without such a sign; {WaitTimeoutError} with what was seen instead.
 */
export async function waitForCrash(
  { watch, health }: Pick<Monitor, 'watch' | 'health'>,
  kind: FindingKind,
  deadline: Deadline,
): Promise<Finding> {
  const symptoms = (): MachineSymptom[] => watch.seen.map(({ symptom }) => symptom);
  const find = (): Finding | undefined =>
    symptoms().find((one): one is Finding => one.kind === kind && 'report' in one);
  const lookUp = (): Finding | undefined => {
    const found = find();
    if (found === undefined && health.failure !== undefined) throw health.failure;
    return found;
  };
  const first = await deadline.poll(lookUp, LOOK_MS, () => titlesOf(symptoms()));
  await sleep(COLLECT_MS);
  // Another channel may have more of it.
  return find() ?? first;
}

function titlesOf(symptoms: readonly MachineSymptom[]): string {
  return symptoms.map(({ title }) => title).join(', ') || 'no sign of trouble';
}
