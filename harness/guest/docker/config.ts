import type { CommonOptions } from '../containers/options.ts';

export interface DockerContainerOptions extends CommonOptions {
  readonly name?: string;
  /** In the place of the image's entry point. */
  readonly entrypoint?: readonly string[];
  readonly pids?: number;
  readonly seccomp?: 'default' | 'unconfined';
  readonly noNewPrivileges?: boolean;
  /** A network's name, `host` or `none`; default: the Engine's bridge. */
  readonly network?: string;
  readonly pid?: 'host';
  readonly ipc?: 'host';
  readonly restart?: 'no' | 'always' | 'on-failure' | 'unless-stopped';
}

/** The body of `POST /containers/create`. */
export function createBody(options: DockerContainerOptions): object {
  const security = [
    ...(options.seccomp === 'unconfined' ? ['seccomp=unconfined'] : []),
    ...(options.noNewPrivileges === true ? ['no-new-privileges'] : []),
  ];
  return {
    Image: options.image,
    ...(options.entrypoint && { Entrypoint: options.entrypoint }),
    Cmd: options.args ?? [],
    Env: Object.entries(options.env ?? {}).map(([key, value]) => `${key}=${value}`),
    User: options.user === undefined ? '' : String(options.user),
    WorkingDir: options.workingDirectory ?? '',
    HostConfig: {
      Mounts: (options.mounts ?? []).map(({ hostPath, containerPath, readonly = false }) => ({
        Type: 'bind',
        Source: hostPath,
        Target: containerPath,
        ReadOnly: readonly,
      })),
      Memory: options.memoryBytes ?? 0,
      // As much as without swap: a limit that swap softens is none.
      MemorySwap: options.memoryBytes ?? 0,
      NanoCpus: Math.round((options.cpus ?? 0) * 1e9),
      ...(options.pids !== undefined && { PidsLimit: options.pids }),
      Privileged: options.privileged ?? false,
      CapAdd: options.addCapabilities ?? [],
      CapDrop: options.dropCapabilities ?? [],
      ReadonlyRootfs: options.readonlyRoot ?? false,
      SecurityOpt: security,
      NetworkMode: options.network ?? 'default',
      PidMode: options.pid ?? '',
      IpcMode: options.ipc ?? '',
      RestartPolicy: { Name: options.restart ?? 'no' },
    },
  };
}
