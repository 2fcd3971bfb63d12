import { ImageError } from '../../util/errors.ts';
import type { CriClient } from '../cri/client.ts';
import type { ContainerOptions, CriPod, PodOptions } from '../cri/config.ts';
import type { CriContainerStatus } from '../cri/schemas.ts';
import type { Containers, ContainerState, RunContainer, RunOptions } from './containers.ts';
import { parseCriLog } from './cri-log.ts';
import { LOG_READER, type ReadLog } from './log-reader.ts';

const STATES = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  // The runtime has lost track of it; whether it runs is not known, so nobody may take it for gone.
  CONTAINER_UNKNOWN: 'running',
} as const;

/** Containers of a runtime that is talked to as Kubernetes does, each in a pod of its own. */
export function overCri(cri: CriClient, readLog: ReadLog): Containers {
  const create = async (options: RunOptions): Promise<RunContainer> => {
    const pod = await cri.runPod(podOf(options));
    const id = await cri.createContainer(pod, containerOptions(options));
    return containerOf(cri, readLog, { id, name: options.name, podId: pod.id });
  };
  return {
    runtime: 'containerd',
    pull: async (image, options) => {
      await cri.pull(image, options);
    },
    images: async () => (await cri.images()).flatMap(({ repoTags }) => repoTags),
    create,
    run: async (options) => {
      const made = await create(options);
      await made.start();
      return made;
    },
    list: async () =>
      (await cri.containers())
        .map(({ id, metadata: { name }, state }) => ({ id, name, state: STATES[state] }))
        .filter(({ name }) => name !== LOG_READER),
    find: async (name) => {
      const found = (await cri.containers()).find(({ metadata }) => metadata.name === name);
      if (found === undefined) throw new ImageError(`The runtime has no container ${name}.`);
      return containerOf(cri, readLog, { id: found.id, name, podId: found.podSandboxId });
    },
  };
}

interface Made {
  readonly id: string;
  readonly name: string;
  readonly podId: CriPod['id'];
}

function containerOf(cri: CriClient, readLog: ReadLog, { id, name, podId }: Made): RunContainer {
  return {
    ...{ id, name },
    start: () => cri.start(id),
    exec: (command, options) => cri.exec(id, command, options),
    logs: async () => parseCriLog(await readLog((await cri.containerStatus(id)).logPath)),
    status: async () => toState(await cri.containerStatus(id)),
    waitForExit: async (options) => toState(await cri.waitForExit(id, options)),
    stop: (graceSeconds) => cri.stop(id, { graceSeconds }),
    stats: () => cri.stats(id),
    address: async () => (await cri.podStatus(podId)).network?.ip ?? '',
    remove: async () => {
      await cri.stopPod(podId);
      await cri.removePod(podId);
    },
  };
}

function podOf({ name, host = [], privileged = false }: RunOptions): PodOptions {
  return {
    ...{ name, privileged },
    network: host.includes('network') ? 'NODE' : 'POD',
    pid: host.includes('pid') ? 'NODE' : 'CONTAINER',
    ipc: host.includes('ipc') ? 'NODE' : 'POD',
  };
}

function containerOptions({ pids, seccomp, ...options }: RunOptions): ContainerOptions {
  return {
    ...options,
    // CRI has no field for it; Kubernetes limits the pod's own group.
    ...(pids !== undefined && { cgroup: { 'pids.max': String(pids) } }),
    seccomp: seccomp === 'unconfined' ? 'Unconfined' : 'RuntimeDefault',
  };
}

function toState({ state, exitCode, reason }: CriContainerStatus): ContainerState {
  return { state: STATES[state], exitCode, oomKilled: reason === 'OOMKilled' };
}
