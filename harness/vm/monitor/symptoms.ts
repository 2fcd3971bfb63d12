import { unequal } from '../../guest/diagnosis/diagnosis.ts';
import type { MachineSymptom } from './verdict/crash-error.ts';

/** A loop of failures must not fill the memory. */
const MAX_OF_A_KIND = 20;

/** What a machine showed, once each: console, journal and QMP report the same. */
export class Symptoms {
  readonly #symptoms: MachineSymptom[];

  constructor(past: readonly MachineSymptom[]) {
    this.#symptoms = [...past];
  }

  /** In the order in which they appeared. */
  get all(): readonly MachineSymptom[] {
    return unequal(this.#symptoms);
  }

  /** The same, but it grows. */
  get growing(): readonly MachineSymptom[] {
    return this.#symptoms;
  }

  /** @returns whether it is new. A report that is still coming may turn out later to be one that is there already. */
  add(symptom: MachineSymptom): boolean {
    const same = this.#symptoms.filter(({ kind }) => kind === symptom.kind);
    if (same.length >= MAX_OF_A_KIND || same.some((one) => isOne(one, symptom))) return false;
    this.#symptoms.push(symptom);
    return true;
  }
}

function isOne(one: MachineSymptom, other: MachineSymptom): boolean {
  return one.title === other.title || one.text.includes(other.text) || other.text.includes(one.text);
}
