import { randomUUID } from 'node:crypto';

import type { CommonOptions } from '../containers/options.ts';

/** Who shares a namespace with a container: nobody, the other containers of its pod, or the machine. */
export type Sharing = 'CONTAINER' | 'POD' | 'NODE';
export type Seccomp = 'RuntimeDefault' | 'Unconfined';

export interface PodOptions {
  readonly name: string;
  readonly namespace?: string;
  readonly hostname?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default: a network of the pod's own. */
  readonly network?: 'POD' | 'NODE';
  /** Default: each container has its own. */
  readonly pid?: Sharing;
  readonly ipc?: 'POD' | 'NODE';
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly dnsServers?: readonly string[];
  /** Whether its containers may be privileged. */
  readonly privileged?: boolean;
  /** One of the runtime's handlers; default: the runtime's default. */
  readonly runtimeHandler?: string;
}

export interface ContainerOptions extends CommonOptions {
  readonly name: string;
  /** In the place of the image's entry point. */
  readonly command?: readonly string[];
  /** Of version 2 of control groups, by the names of their files. */
  readonly cgroup?: Readonly<Record<string, string>>;
  /** Default: the runtime's own, as Kubernetes asks for with `seccompDefault`. */
  readonly seccomp?: Seccomp;
  readonly noNewPrivileges?: boolean;
  /** Default: those of the runtime's specification. An empty list hides nothing. */
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
}

/** A pod as its containers have to know it. */
export interface CriPod {
  readonly id: string;
  readonly config: ReturnType<typeof podConfig>;
}

const CPU_PERIOD_US = 100_000;

/** The slice of all pods, as Kubernetes names its own. */
const CGROUP_PARENT = 'kubepods.slice';

/** What Kubernetes hides, since CRI leaves it to its client. */
const MASKED_PATHS = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** The message PodSandboxConfig. Its logs are where Kubernetes has them. */
export function podConfig({ name, namespace = 'hotfire', ...options }: PodOptions) {
  const uid = randomUUID();
  const { network = 'POD', pid = 'CONTAINER', ipc = 'POD', privileged = false } = options;
  return {
    metadata: { name, namespace, uid, attempt: 0 },
    hostname: options.hostname ?? name,
    logDirectory: `/var/log/pods/${namespace}_${name}_${uid}`,
    labels: options.labels ?? {},
    annotations: options.annotations ?? {},
    ...(options.dnsServers && { dnsConfig: { servers: options.dnsServers } }),
    linux: {
      // systemd makes the groups of containers, and knows where only if it is told.
      cgroupParent: CGROUP_PARENT,
      sysctls: options.sysctls ?? {},
      securityContext: {
        namespaceOptions: { network, pid, ipc },
        privileged,
        seccomp: { profileType: 'RuntimeDefault' },
      },
    },
  };
}

/** The message ContainerConfig. */
export function containerConfig(options: ContainerOptions, pod: CriPod) {
  const { name, image, cpus, privileged = false, seccomp = 'RuntimeDefault' } = options;
  return {
    metadata: { name, attempt: 0 },
    image: { image },
    command: options.command ?? [],
    args: options.args ?? [],
    workingDir: options.workingDirectory ?? '',
    envs: Object.entries(options.env ?? {}).map(([key, value]) => ({ key, value })),
    mounts: options.mounts ?? [],
    logPath: `${name}/0.log`,
    linux: {
      resources: {
        ...(options.memoryBytes !== undefined && { memoryLimitInBytes: options.memoryBytes }),
        ...(cpus !== undefined && {
          cpuPeriod: CPU_PERIOD_US,
          cpuQuota: Math.round(CPU_PERIOD_US * cpus),
        }),
        unified: options.cgroup ?? {},
      },
      securityContext: {
        capabilities: {
          addCapabilities: options.addCapabilities ?? [],
          dropCapabilities: options.dropCapabilities ?? [],
        },
        privileged,
        namespaceOptions: pod.config.linux.securityContext.namespaceOptions,
        readonlyRootfs: options.readonlyRoot ?? false,
        noNewPrivs: options.noNewPrivileges ?? false,
        ...(options.user !== undefined && { runAsUser: { value: options.user } }),
        ...(!privileged && {
          seccomp: { profileType: seccomp },
          maskedPaths: options.maskedPaths ?? MASKED_PATHS,
          readonlyPaths: options.readonlyPaths ?? READONLY_PATHS,
        }),
      },
    },
  };
}
