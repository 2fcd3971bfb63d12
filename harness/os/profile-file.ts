import { z } from 'zod';

import { UsageError } from '../util/errors.ts';
import { readToml } from '../util/files/toml.ts';
import { bottlerocket } from './bottlerocket/profile.ts';
import { CAPABILITIES } from './capabilities.ts';
import { generic } from './generic.ts';
import { MILESTONES } from './milestones.ts';
import type { OsProfile } from './profile.ts';
import { USER_DATA_CHANNELS } from './user-data/channels.ts';

/** The name under which a profile is found beside an image. */
export const PROFILE_FILE = 'hotfire.toml';

export const SHIPPED_PROFILES: readonly OsProfile[] = [bottlerocket, generic];

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, ".", "_" and "-"');
const ms = z.int().min(100).max(3_600_000);
const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'invalid' });
    return z.NEVER;
  }
});

/** Every key is optional; what is absent is as in the profile that `base` names. */
const profileSchema = z.strictObject({
  name: name.optional(),
  base: z.enum(['generic', 'bottlerocket']).default('generic'),
  capabilities: z.array(z.enum(CAPABILITIES)).optional(),
  ready: z
    .strictObject({ console: pattern, agent: z.boolean(), 'host-api': z.boolean(), 'within-ms': ms })
    .partial()
    .optional(),
  shutdown: z.strictObject({ 'within-ms': ms }).optional(),
  login: z.strictObject({ user: z.string().min(1), password: z.string().optional() }).optional(),
  'user-data': z.strictObject({ channels: z.array(z.enum(USER_DATA_CHANNELS)) }).optional(),
  console: z.strictObject({ harmless: z.array(pattern) }).optional(),
  timeline: z.partialRecord(z.enum(MILESTONES), pattern).optional(),
  machine: z
    .strictObject({ cpus: z.int().min(1).max(64), 'memory-mib': z.int().min(128).max(1_048_576) })
    .partial()
    .optional(),
});

/**
 * Reads a profile that a user wrote.
 *
 * @throws {UsageError} that gives file, line and column of the first fault.
 */
export async function readProfile(path: string): Promise<OsProfile> {
  const file = await readToml(path, profileSchema).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError(`Cannot read the profile ${path}: ${(error as Error).message}.`, { cause: error });
  });
  const base = file.base === 'bottlerocket' ? bottlerocket : generic;
  return {
    ...base,
    name: file.name ?? base.name,
    ready: readyMarks(file.ready, base),
    capabilities: [...new Set([...base.capabilities, ...(file.capabilities ?? []), ...impliedBy(file)])],
    shutdownWithinMs: file.shutdown?.['within-ms'] ?? base.shutdownWithinMs,
    harmless: [...base.harmless, ...(file.console?.harmless ?? [])],
    timeline: [...Object.entries(file.timeline ?? {}), ...base.timeline] as OsProfile['timeline'],
    machine: {
      ...base.machine,
      ...(file.machine?.cpus !== undefined && { cpus: file.machine.cpus }),
      ...(file.machine?.['memory-mib'] !== undefined && { memoryMiB: file.machine['memory-mib'] }),
    },
    ...(file.login && { login: { user: file.login.user, ...passwordOf(file.login) } }),
  };
}

type ProfileFile = z.infer<typeof profileSchema>;

/** A file that names any mark of its own names all of them. */
function readyMarks(given: ProfileFile['ready'], { ready }: OsProfile): OsProfile['ready'] {
  if (given === undefined) return ready;
  const { console, agent, 'host-api': hostApi, 'within-ms': withinMs = ready.withinMs } = given;
  if (console === undefined && agent !== true && hostApi !== true) return { ...ready, withinMs };
  return {
    withinMs,
    ...(console !== undefined && { console }),
    ...(agent !== undefined && { agent }),
    ...(hostApi !== undefined && { hostApi }),
  };
}

/** What the file says in its own section need not be said again. */
function impliedBy({ login, ready, 'user-data': userData }: ProfileFile): OsProfile['capabilities'] {
  return [
    ...(login === undefined ? [] : (['login'] as const)),
    ...(ready?.agent === true ? (['agent'] as const) : []),
    ...(userData?.channels ?? []).map((channel) => `user-data.${channel}` as const),
  ];
}

function passwordOf({ password }: NonNullable<ProfileFile['login']>): { password?: string } {
  return password === undefined ? {} : { password };
}
