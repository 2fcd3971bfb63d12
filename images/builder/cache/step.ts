import { sha256 } from '../../../harness/util/files/sha256.ts';

export type InputValue =
  string | number | boolean | readonly InputValue[] | { readonly [name: string]: InputValue };
/** Everything that a step's result depends on, by name. */
export type Inputs = Readonly<Record<string, InputValue>>;

export interface StepContext {
  /** What the step's commands print goes here; errors name this file. */
  readonly log: string;
  readonly signal: AbortSignal;
  /** Shows the user what goes on within a long step. */
  note(text: string): void;
}

/** One job of the build, whose result is a directory that never changes once made. */
export interface Step {
  /** Words that a user understands, such as `kernel x86_64`; also names the entry's directory. */
  readonly name: string;
  readonly inputs: Inputs;
  /**
   * A file of the output that stands for it in the inputs of later steps. For steps whose output is not decided by
   * their inputs: packages of a mirror, a random key.
   */
  readonly identityFile?: string;
  /** Room that the step takes on the disk while it is at work. */
  readonly spaceBytes: number;
  build(output: string, context: StepContext): Promise<void>;
}

/** The result of a step. */
export interface Entry {
  readonly directory: string;
  /** Goes into the inputs of the steps that use this one. */
  readonly identity: string;
}

export function keyOf(step: Pick<Step, 'name' | 'inputs'>): string {
  return sha256(canonical({ name: step.name, inputs: step.inputs }));
}

/** Readable in listings, and long enough that no two entries meet. */
export function entryName(step: Pick<Step, 'name' | 'inputs'>): string {
  return `${step.name.replaceAll(/[^A-Za-z0-9_]+/g, '-')}-${keyOf(step).slice(0, 24)}`;
}

/** JSON in which the order of an object's members doesn't matter. */
function canonical(value: InputValue): string {
  return JSON.stringify(value, (_name, member: InputValue) =>
    typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
