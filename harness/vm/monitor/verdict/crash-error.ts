import type { Symptom } from '../signs/crash-patterns.ts';
import { ImageError } from '../../../util/errors.ts';

/** A fatal sign that QMP gives, next to those that lines of text give. */
export type MachineSymptomKind = 'watchdog' | 'unexpected-reset' | 'unexpected-shutdown';

export type MachineSymptom =
  Symptom | { readonly kind: MachineSymptomKind; readonly severity: 'fatal'; readonly text: string };

/** The guest crashed, or reset or switched itself off unexpectedly. `symptoms` are in the order in which they appeared. */
export class GuestCrashError extends ImageError {
  readonly symptoms: readonly MachineSymptom[];

  constructor(symptoms: readonly MachineSymptom[], evidence: string) {
    const [first, ...others] = symptoms
      .filter(({ severity }) => severity === 'fatal')
      .map(({ text }) => text.trim());
    const then = others.map((text) => `\n  then: ${text}`).join('');
    super(`The machine crashed: ${first ?? 'no reason is known'}${then}\n${evidence}`);
    this.symptoms = symptoms;
  }
}
