import { containersOn, needs } from '../../harness/index.ts';
import type {
  ContainerImages,
  Containers,
  Image,
  Preparation,
  RunContainer,
  RunOptions,
} from '../../harness/index.ts';

/** The image whose arguments say what a container does: images/workloads. */
export const WORKLOAD = named('workload:1');
/** Where it has its program, for what is run in a container besides. */
export const PROGRAM = '/workload';
/** Raised when the machine of which the tests' machines are forks is prepared in another way. */
const PREPARATION = 1;

/** An image of the registry, as one names it whose registry is Docker's own: the machine knows a mirror of that. */
export function named(name: string): string {
  return `docker.io/library/${name}`;
}

/** What makes a machine one that has pulled the image and run its first container, whichever its runtime is. */
export function withWorkload(image: Image, workloads: ContainerImages): Preparation {
  if (!image.capabilities.has('docker')) needs('cri');
  const digest = workloads.get('workload:1')?.manifests[0].descriptor.digest;
  return {
    key: `containers ${PREPARATION} ${digest ?? ''}`,
    run: (vm) => prepare(containersOf(vm, image)),
  };
}

/** The runtime of a machine, also of one that a test starts itself. */
export function containersOf(vm: Parameters<typeof containersOn>[0], image: Image): Containers {
  return containersOn(vm, image.capabilities, {
    image: WORKLOAD,
    args: ['pause'],
    print: [PROGRAM, 'cat'],
  });
}

/** The first container takes the longest, and the one that reads logs goes on in every fork. */
async function prepare(containers: Containers): Promise<void> {
  await containers.pull(WORKLOAD);
  const first = await containers.run({ name: 'first', image: WORKLOAD, args: ['exit', '0'] });
  await first.waitForExit();
  await first.logs();
  await first.remove();
}

/** Runs a sub-command in a container that runs already. */
export function inside(container: RunContainer, ...args: readonly string[]) {
  return container.exec([PROGRAM, ...args]);
}

/** Starts a container that rests, for what is to be run in it. */
export function resting(
  containers: Containers,
  name: string,
  options: Partial<RunOptions> = {},
): Promise<RunContainer> {
  return containers.run({ name, image: WORKLOAD, args: ['pause'], ...options });
}
