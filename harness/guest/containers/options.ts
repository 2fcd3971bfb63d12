/** What every runtime can be asked for. */
export interface CommonOptions {
  /** As the runtime knows it: a reference or an id. */
  readonly image: string;
  /** In the place of the image's. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly readonly?: boolean;
  }[];
  readonly memoryBytes?: number;
  /** How many CPUs it may use, such as 0.2. */
  readonly cpus?: number;
  readonly privileged?: boolean;
  readonly addCapabilities?: readonly string[];
  readonly dropCapabilities?: readonly string[];
  readonly readonlyRoot?: boolean;
  readonly user?: number;
  readonly workingDirectory?: string;
}
