import { unequal } from '../../guest/diagnosis/diagnosis.ts';
import type { MachineSymptom } from './verdict/crash-error.ts';

/** A loop of failures must not fill the memory. */
const MAX_OF_A_KIND = 20;

/** What a machine showed, once each: console, journal and QMP report the same. */
export class Symptoms {
  /** As they came, first by whatever channel. */
  readonly #symptoms: MachineSymptom[];
  /** The same, by the next channel. */
  readonly #again = new Map<MachineSymptom, MachineSymptom>();

  constructor(past: readonly MachineSymptom[]) {
    this.#symptoms = [...past];
  }

  /** In the order in which they appeared. */
  get all(): readonly MachineSymptom[] {
    return unequal(this.#symptoms.map((symptom) => fuller(symptom, this.#again.get(symptom))));
  }

  /** The same, but it grows. */
  get growing(): readonly MachineSymptom[] {
    return this.#symptoms;
  }

  /** @returns whether it is new. A report that is still coming may turn out later to be one that is there already. */
  add(symptom: MachineSymptom): boolean {
    const ofKind = this.#symptoms.filter(({ kind }) => kind === symptom.kind);
    const same = ofKind.find((one) => isOne(one, symptom));
    if (same !== undefined && !this.#again.has(same)) this.#again.set(same, symptom);
    if (same !== undefined || ofKind.length >= MAX_OF_A_KIND) return false;
    this.#symptoms.push(symptom);
    return true;
  }
}

/** A console shows only what the kernel finds urgent, which a stack trace often is not. */
function fuller(symptom: MachineSymptom, again: MachineSymptom | undefined): MachineSymptom {
  return again !== undefined && !namesFunction(symptom) && namesFunction(again) ? again : symptom;
}

function namesFunction(symptom: MachineSymptom): boolean {
  return 'function' in symptom && symptom.function !== undefined;
}

function isOne(one: MachineSymptom, other: MachineSymptom): boolean {
  return one.title === other.title || one.text.includes(other.text) || other.text.includes(one.text);
}
