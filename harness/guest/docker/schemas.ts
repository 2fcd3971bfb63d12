import { z } from 'zod';

const id = z.string().min(1);

export const refusalSchema = z.object({ message: z.string() });
export const versionSchema = z.object({ Version: z.string(), ApiVersion: z.string() });
export const createdSchema = z.object({ Id: id });
export const exitSchema = z.object({ StatusCode: z.number() });
export const execSchema = z.object({ ExitCode: z.number().nullable() });
/** A line of the progress of a pull; only its errors matter. */
export const progressSchema = z.object({ error: z.string().optional() });

export const imagesSchema = z.array(
  z.object({
    Id: id,
    // Null for images that lost their name.
    RepoTags: z.array(z.string()).nullable(),
    RepoDigests: z.array(z.string()).nullable(),
    Size: z.number(),
  }),
);
export const containersSchema = z.array(
  z.object({ Id: id, Names: z.array(z.string()), Image: z.string(), State: z.string() }),
);
export const inspectionSchema = z.object({
  Id: id,
  Name: z.string(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    OOMKilled: z.boolean(),
    ExitCode: z.number(),
    Pid: z.number(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
  }),
  RestartCount: z.number(),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
  }),
});
export const statsSchema = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  // Empty when the container doesn't run.
  memory_stats: z.object({ usage: z.number().default(0) }),
});
export const networksSchema = z.array(z.object({ Id: id, Name: z.string(), Driver: z.string() }));

export type DockerImage = z.infer<typeof imagesSchema>[number];
export type DockerSummary = z.infer<typeof containersSchema>[number];
export type DockerInspection = z.infer<typeof inspectionSchema>;
export type DockerNetwork = z.infer<typeof networksSchema>[number];
