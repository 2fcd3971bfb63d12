/** Where an image has its only program. */
export const WORKLOAD = '/workload';

export interface WorkloadImage {
  /** `repository:tag`. */
  readonly name: string;
  readonly entrypoint: readonly [string, ...string[]];
  /** Arguments that a container may be given in place of these. */
  readonly arguments?: readonly string[];
  /** Layers of random bytes below the program, for pulls that take a while; in bytes. Default: none. */
  readonly ballastBytes?: readonly number[];
}

const MIB = 2 ** 20;

/** The first container of a pod. Its tag is the one that the runtimes of a few years ask for. */
const PAUSE_TAGS = ['3.8', '3.9', '3.10', '3.10.1'];

/** One for each thing that containers under test begin with; what they do is in images/workloads. */
export const WORKLOAD_IMAGES: readonly WorkloadImage[] = [
  ...PAUSE_TAGS.map((tag) => image(`pause:${tag}`, 'pause')),
  image('counter:1', 'counter', ['1000']),
  image('http:1', 'http', ['8080']),
  image('memory:1', 'memory', ['64']),
  image('fork-bomb:1', 'fork-bomb'),
  image('exit:1', 'exit', ['0']),
  image('flood:1', 'flood', ['10000']),
  image('ignore-term:1', 'ignore-term'),
  image('sleep:1', 'sleep', ['3600']),
  image('cpu:1', 'cpu', ['1']),
  image('disk-io:1', 'disk-io', ['/tmp/disk-io', '16']),
  image('probe:1', 'probe'),
  image('connect:1', 'connect'),
  image('env:1', 'env'),
  // Every sub-command, as the first argument.
  { name: 'workload:1', entrypoint: [WORKLOAD], arguments: ['pause'] },
  { ...image('big:1', 'pause'), ballastBytes: [4 * MIB, 8 * MIB, 12 * MIB] },
];

function image(name: string, command: string, defaults: readonly string[] = []): WorkloadImage {
  return { name, entrypoint: [WORKLOAD, command], arguments: defaults };
}
