import type { Deadline } from '../../util/deadline.ts';
import type { CommonOptions } from './options.ts';

/** What every runtime can do, so that a suite need not know which one it has. */
export interface Containers {
  readonly runtime: 'containerd' | 'docker';
  pull(image: string, options?: WaitOptions): Promise<void>;
  /** The names of the images that are there, with their registry and tag. */
  images(): Promise<string[]>;
  /** Makes a container, on containerd in a pod of its own, that is not started yet. */
  create(options: RunOptions): Promise<RunContainer>;
  /** Makes a container and starts it. */
  run(options: RunOptions): Promise<RunContainer>;
  /** All that are there, those that have exited too; not what the runtime keeps for itself. */
  list(): Promise<ListedContainer[]>;
  /** A container that another client made, or that was made before the runtime started again. */
  find(name: string): Promise<RunContainer>;
}

export interface RunContainer {
  readonly id: string;
  readonly name: string;
  start(): Promise<void>;
  /** A program of its image, beside the first one, until it ends. */
  exec(command: readonly string[], options?: WaitOptions): Promise<Executed>;
  /** What it has printed up to now, line by line as the runtime has kept it. */
  logs(): Promise<LogLine[]>;
  status(): Promise<ContainerState>;
  waitForExit(options?: WaitOptions): Promise<ContainerState>;
  /** @param graceSeconds from SIGTERM to SIGKILL. */
  stop(graceSeconds: number): Promise<void>;
  stats(): Promise<ContainerUsage>;
  /** Its IPv4 address in the network that the runtime gave it. */
  address(): Promise<string>;
  remove(): Promise<void>;
}

export interface WaitOptions {
  /** Default: the runtime client's own. */
  readonly deadline?: Deadline | undefined;
}

export interface RunOptions extends CommonOptions {
  /** Of its own among all that are there. */
  readonly name: string;
  readonly pids?: number;
  /** `unconfined` takes the runtime's default profile away. */
  readonly seccomp?: 'default' | 'unconfined';
  /** Which namespaces it shares with the machine; default: none. */
  readonly host?: readonly ('network' | 'pid' | 'ipc')[];
}

export interface Executed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface ContainerState {
  readonly state: 'created' | 'running' | 'exited';
  /** Of the first process; 128 + the signal's number when it was killed. */
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly state: ContainerState['state'];
}

export interface ContainerUsage {
  readonly cpuMs: number;
  readonly memoryBytes: number;
}
