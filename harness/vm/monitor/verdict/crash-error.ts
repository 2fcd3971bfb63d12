import type { Finding } from '../../../guest/diagnosis/finding.ts';
import { ImageError } from '../../../util/errors.ts';

/** A fatal sign that QMP gives, next to those that console and journal give. */
export interface QmpSymptom {
  readonly kind: 'panic' | 'watchdog' | 'unexpected-reset' | 'unexpected-shutdown';
  readonly severity: 'fatal';
  readonly title: string;
  readonly text: string;
}

export type MachineSymptom = Finding | QmpSymptom;

/** The guest crashed, or reset or switched itself off unexpectedly. `symptoms` are in the order in which they appeared. */
export class GuestCrashError extends ImageError {
  readonly symptoms: readonly MachineSymptom[];

  constructor(symptoms: readonly MachineSymptom[], evidence: string) {
    const [first, ...others] = symptoms.filter(({ severity }) => severity === 'fatal').map(describe);
    const then = others.map((text) => `\n  then: ${text}`).join('');
    super(`The machine crashed: ${first ?? 'no reason is known'}${then}\n${evidence}`);
    this.symptoms = symptoms;
  }
}

/** The title, and the machine's own words where they say more. */
function describe({ title, text }: MachineSymptom): string {
  const words = text.trim();
  const reason = title.slice(title.indexOf(': ') + 1).trim();
  return words.endsWith(reason) ? title : `${title} (${words})`;
}
