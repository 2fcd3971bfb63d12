import { z } from 'zod';

/** Shapes of the host API's answers: the contract's, and for reports Sparkler's own. Unknown members are kept out. */
export const osSchema = z.object({
  pretty_name: z.string(),
  variant_id: z.string(),
  version_id: z.string(),
  build_id: z.string(),
  arch: z.string(),
});
export type OsInformation = z.infer<typeof osSchema>;

export const treeSchema = z.record(z.string(), z.unknown());
/** A tree of settings or of metadata, as JSON. */
export type Tree = z.infer<typeof treeSchema>;

export const namesSchema = z.array(z.string());

export const servicesSchema = z.record(
  z.string(),
  z.object({ 'configuration-files': z.array(z.string()), 'restart-commands': z.array(z.string()) }),
);
export type Services = z.infer<typeof servicesSchema>;

export const configurationFilesSchema = z.record(
  z.string(),
  z.object({ path: z.string(), 'template-path': z.string(), mode: z.string().nullish() }),
);
export type ConfigurationFiles = z.infer<typeof configurationFilesSchema>;

export const affectedServicesSchema = z.record(z.string(), z.array(z.string()));

export const reportsSchema = z.array(z.object({ name: z.string(), description: z.string() }));

const imageSchema = z.object({ arch: z.string(), version: z.string(), variant: z.string() });
const partitionSchema = z.object({ image: imageSchema, next_to_boot: z.boolean() }).nullable();

const UPDATE_COMMANDS = ['refresh', 'prepare', 'activate', 'deactivate'] as const;
export type UpdateCommand = (typeof UPDATE_COMMANDS)[number];

/** What became of an update; the contract's fields, and Sparkler's `rolled_back_from`. */
export const updateStatusSchema = z.object({
  update_state: z.enum(['Idle', 'Available', 'Staged', 'Ready']),
  available_updates: z.array(z.string()),
  chosen_update: imageSchema.nullable(),
  active_partition: partitionSchema,
  staging_partition: partitionSchema,
  most_recent_command: z
    .object({
      cmd_type: z.enum(UPDATE_COMMANDS),
      cmd_status: z.enum(['Success', 'Failed', 'Unknown']),
      exit_status: z.number().int().nullable(),
      stderr: z.string().nullable(),
    })
    .nullable(),
  rolled_back_from: z.string().nullish(),
});
export type UpdateStatus = z.infer<typeof updateStatusSchema>;

const phaseMs = z.number().nonnegative().nullable();
/** Null where the platform doesn't report it, or the phase isn't over. */
export const bootTimeSchema = z.object({
  firmware_ms: phaseMs,
  loader_ms: phaseMs,
  kernel_ms: phaseMs,
  userspace_ms: phaseMs,
  total_ms: phaseMs,
});
export type BootTime = z.infer<typeof bootTimeSchema>;

const containerSchema = z.object({
  source: z.string().nullish(),
  enabled: z.boolean().nullish(),
  superpowered: z.boolean().nullish(),
  mode: z.enum(['off', 'once', 'always']).nullish(),
  essential: z.boolean().nullish(),
  /** Null where it was not started in this boot. */
  phase: z.enum(['pulling', 'running', 'ended', 'failed']).nullable(),
  /** The digest of its image's configuration. */
  image: z.string().nullable(),
  exit_code: z.number().int().nullable(),
  last_error: z.string().nullable(),
  restarts: z.number().int(),
});
/** Without user-data and commands, which may hold secrets. */
export const hostContainersSchema = z.object({
  'host-containers': z.record(z.string(), containerSchema),
  'bootstrap-containers': z.record(z.string(), containerSchema),
});
export type HostContainersReport = z.infer<typeof hostContainersSchema>;

/** Read back from where the settings were applied, never from the settings. */
export const systemSchema = z.object({
  hostname: z.string(),
  motd: z.string().nullable(),
  sysctl: z.record(z.string(), z.string().nullable()),
  lockdown: z.string().nullable(),
  'time-servers': z.array(z.string()),
  slot: z.string().nullable(),
  root: z
    .object({
      source: z.string(),
      fstype: z.string(),
      read_only: z.boolean(),
      verity: z.object({ device: z.string(), root_hash: z.string().nullable() }).nullable(),
    })
    .nullable(),
  /** In the order in which they were made: of two on one target, the later one covers the other. */
  mounts: z.array(
    z.object({
      target: z.string(),
      fstype: z.string(),
      source: z.string(),
      options: z.array(z.string()),
      /** Of the file system. */
      size_bytes: z.number().nullish(),
    }),
  ),
  /** The label of each file system that is damaged, and so not mounted, with what is wrong. */
  damaged_file_systems: z.record(z.string(), z.string()).default({}),
  failed_units: z.array(z.string()),
  boot_id: z.string().nullable(),
  machine_id: z.string().nullable(),
  /** Of the network cards. */
  mac_addresses: z.array(z.string()),
  /** Drawn for this answer: by the kernel, and by the C library, which may ask its vDSO. */
  random: z.object({ kernel: z.string().nullable(), c_library: z.string().nullable() }),
  /** Since 1970. */
  time_ms: z.number().nullable(),
});
export type SystemReport = z.infer<typeof systemSchema>;

/** The last entries of the journal of the boot before this one, oldest first; none where it has none. */
export const lastBootSchema = z.object({
  entries: z.array(
    z.object({
      time_ms: z.number().nullable(),
      priority: z.number().nullable(),
      identifier: z.string().nullable(),
      unit: z.string().nullable(),
      message: z.string(),
    }),
  ),
});
export type LastBoot = z.infer<typeof lastBootSchema>;
