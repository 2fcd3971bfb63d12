import { z } from 'zod';

export const LIVEPATCH_STATES = [
  'available',
  'applying',
  'applied',
  'reverting',
  'stuck',
  'refused',
  'disabled',
] as const;
export type LivepatchState = (typeof LIVEPATCH_STATES)[number];

const livepatchSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  reference: z.string().nullable(),
  replaces: z.string(),
  state: z.enum(LIVEPATCH_STATES),
  /** RFC 3339. */
  since: z.string(),
  reason: z.string().nullable(),
  /** Should the machine crash or lose its power now, its next boot would not load the patch. */
  on_trial: z.boolean(),
  /** Whether the repository had it at the last look of this boot. */
  offered: z.boolean(),
  /** Tasks that hold up the transition of a patch that is stuck; functions of the stack innermost first. */
  holding: z.array(z.object({ pid: z.number().int(), comm: z.string(), stack: z.array(z.string()) })),
  kernel_log: z.array(z.string()),
});
export type Livepatch = z.infer<typeof livepatchSchema>;

export const livepatchStatusSchema = z.object({
  kernel: z.object({ release: z.string(), build_id: z.string(), version: z.string().nullable() }),
  enabled: z.boolean(),
  /** Of the running kernel: 0 as long as it is the one that was built. */
  taint: z
    .object({
      value: z.number().int().nonnegative(),
      flags: z.array(z.object({ letter: z.string(), reason: z.string() })),
    })
    .nullable(),
  most_recent_command: z
    .object({
      cmd_type: z.enum(['refresh', 'apply', 'revert', 'boot', 'reconcile', 'observe']),
      name: z.string().nullable(),
      cmd_status: z.enum(['Success', 'Failed', 'Unknown']),
      stderr: z.string().nullable(),
    })
    .nullable(),
  livepatches: z.array(livepatchSchema),
});
export type LivepatchStatus = z.infer<typeof livepatchStatusSchema>;
