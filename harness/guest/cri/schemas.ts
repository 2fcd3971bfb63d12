import { z } from 'zod';

/** CRI counts nanoseconds since 1970; 0 means never. */
const timeMs = z.number().transform((nanoseconds) => nanoseconds / 1e6);
const counter = z
  .object({ value: z.number() })
  .nullable()
  .transform((given) => given?.value ?? 0);
const nothing = z.object({});
const metadata = z.object({ name: z.string(), attempt: z.number() });

const image = z.object({
  id: z.string(),
  repoTags: z.array(z.string()),
  repoDigests: z.array(z.string()),
  size: z.number(),
});

const podState = z.enum(['SANDBOX_READY', 'SANDBOX_NOTREADY']);
const pod = z.object({
  id: z.string(),
  metadata: z.object({ ...metadata.shape, uid: z.string(), namespace: z.string() }),
  state: podState,
});

const containerState = z.enum([
  'CONTAINER_CREATED',
  'CONTAINER_RUNNING',
  'CONTAINER_EXITED',
  'CONTAINER_UNKNOWN',
]);
const container = z.object({
  id: z.string(),
  podSandboxId: z.string(),
  metadata,
  imageRef: z.string(),
  state: containerState,
});
const containerStatus = z
  .object({
    id: z.string(),
    metadata,
    state: containerState,
    createdAt: timeMs,
    startedAt: timeMs,
    finishedAt: timeMs,
    exitCode: z.number(),
    reason: z.string(),
    message: z.string(),
    logPath: z.string(),
  })
  .transform(({ createdAt, startedAt, finishedAt, ...rest }) => ({
    ...rest,
    createdAtMs: createdAt,
    startedAtMs: startedAt,
    finishedAtMs: finishedAt,
  }));

export const ANSWERS = {
  nothing,
  version: z.object({ runtimeName: z.string(), runtimeVersion: z.string(), runtimeApiVersion: z.string() }),
  status: z.object({
    status: z.object({
      conditions: z.array(
        z.object({ type: z.string(), status: z.boolean(), reason: z.string(), message: z.string() }),
      ),
    }),
    info: z.record(z.string(), z.string()),
  }),
  images: z.object({ images: z.array(image) }),
  pulled: z.object({ imageRef: z.string() }),
  podId: z.object({ podSandboxId: z.string().min(1) }),
  pods: z.object({ items: z.array(pod) }),
  podStatus: z.object({
    status: z.object({ ...pod.shape, network: z.object({ ip: z.string() }).nullable() }),
  }),
  containerId: z.object({ containerId: z.string().min(1) }),
  containers: z.object({ containers: z.array(container) }),
  containerStatus: z.object({ status: containerStatus }),
  stats: z.object({
    stats: z.object({
      cpu: z.object({ usageCoreNanoSeconds: counter }).nullable(),
      memory: z.object({ workingSetBytes: counter, usageBytes: counter, rssBytes: counter }).nullable(),
    }),
  }),
  executed: z.object({
    stdout: z.instanceof(Buffer),
    stderr: z.instanceof(Buffer),
    exitCode: z.number(),
  }),
  event: z.object({
    containerId: z.string(),
    containerEventType: z.enum([
      'CONTAINER_CREATED_EVENT',
      'CONTAINER_STARTED_EVENT',
      'CONTAINER_STOPPED_EVENT',
      'CONTAINER_DELETED_EVENT',
    ]),
  }),
} as const;

type Answer<Name extends keyof typeof ANSWERS> = z.infer<(typeof ANSWERS)[Name]>;
export type CriVersion = Answer<'version'>;
export type CriStatus = Answer<'status'>;
export type CriImage = Answer<'images'>['images'][number];
export type CriPodSummary = Answer<'pods'>['items'][number];
export type CriPodStatus = Answer<'podStatus'>['status'];
export type CriContainerSummary = Answer<'containers'>['containers'][number];
/** Times are milliseconds since 1970, 0 for what has not happened. */
export type CriContainerStatus = Answer<'containerStatus'>['status'];
export type CriEvent = Answer<'event'>;
export interface CriStats {
  /** All that its processes have used up to now. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly workingSetBytes: number;
}
