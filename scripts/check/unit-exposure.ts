import { join } from 'node:path';

import { z } from 'zod';

import { readToml } from '../../harness/util/files/toml.ts';
import { OS_DIRECTORY } from '../../images/builder/steps/programs.ts';

const limit = z.number().min(0).max(10);
const limitsSchema = z.strictObject({
  at_most: limit,
  exceptions: z.record(
    z.string().endsWith('.service'),
    z.strictObject({ at_most: limit, reason: z.string().min(1) }),
  ),
});
export type ExposureLimits = z.infer<typeof limitsSchema>;

const LIMITS_FILE = join(OS_DIRECTORY, 'exposure.toml');

export function readExposureLimits(): Promise<ExposureLimits> {
  return readToml(LIMITS_FILE, limitsSchema);
}

/**
 * Judges units by what `systemd-analyze security` said of them.
 *
 * @param units names of all units that it was asked about.
 * @returns what is wrong, a sentence for each unit.
 */
export function exposureFaults(said: string, units: readonly string[], limits: ExposureLimits): string[] {
  const lines = said.matchAll(/Overall exposure level for (\S+): (\d+\.\d)/g);
  // A template is judged by an instance that systemd-analyze makes up.
  const found = new Map([...lines].map(([, unit, level]) => [unit?.replace(/@\w+\./, '@.'), Number(level)]));
  const strangers = Object.keys(limits.exceptions).filter((unit) => !units.includes(unit));
  return [
    ...strangers.map((unit) => `${unit}: there is no such unit; take the exception out of ${LIMITS_FILE}.`),
    ...units.flatMap((unit) => faultOf(unit, found.get(unit), limits) ?? []),
  ];
}

function faultOf(unit: string, level: number | undefined, limits: ExposureLimits): string | undefined {
  if (level === undefined) return `${unit}: systemd-analyze says no level for it.`;
  const exception = limits.exceptions[unit];
  const { at_most: allowed } = exception ?? limits;
  if (level > allowed) {
    return `${unit}: its exposure is ${level}, at most ${allowed} is allowed. Sandbox it (systemd.exec(5)), or give the reason in ${LIMITS_FILE}.`;
  }
  if (exception !== undefined && level <= limits.at_most) {
    return `${unit}: its exposure is ${level}, which needs no exception; take it out of ${LIMITS_FILE}.`;
  }
  return undefined;
}
