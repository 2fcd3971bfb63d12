export interface OldReport {
  readonly name: string;
  readonly passed: boolean;
  readonly bytes: number;
}

/**
 * Which reports to remove so that the others take up at most `maxBytes`: the oldest of passed runs, and where those are
 * not enough, the oldest of the others, which someone may still want to look into. The newest stays, however large.
 *
 * @param reports the oldest first.
 */
export function toEvict(reports: readonly OldReport[], maxBytes: number): OldReport[] {
  let excess = reports.reduce((sum, { bytes }) => sum + bytes, 0) - maxBytes;
  const old = reports.slice(0, -1);
  return [...old.filter(({ passed }) => passed), ...old.filter(({ passed }) => !passed)].filter(
    ({ bytes }) => {
      if (excess <= 0) return false;
      excess -= bytes;
      return true;
    },
  );
}
