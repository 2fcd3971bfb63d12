/** good: as it should be · limited: works, with a drawback · missing: something does not work at all. */
export type State = 'good' | 'limited' | 'missing';

/** What one look at the host showed. */
export interface Finding {
  readonly topic: string;
  readonly state: State;
  readonly found: string;
  /** What to do about it; every finding that is not good has it. */
  readonly hint?: string;
  /** Without this no image of the host's own architecture can be booted. */
  readonly essential: boolean;
  readonly details?: readonly string[];
}

export type Check = () => Promise<Finding>;

/** Whether `npm test` can boot machines here. */
export function isReady(findings: readonly Finding[]): boolean {
  return !findings.some(({ essential, state }) => essential && state === 'missing');
}
