import type { DockerClient } from '../docker/client.ts';
import type { DockerContainerOptions } from '../docker/config.ts';
import type { DockerInspection } from '../docker/schemas.ts';
import type { Containers, ContainerState, RunContainer, RunOptions } from './containers.ts';

/** Containers of the Docker Engine. */
export function overDocker(docker: DockerClient): Containers {
  const create = async (options: RunOptions): Promise<RunContainer> =>
    containerOf(docker, await docker.create(optionsOf(options)), options.name);
  return {
    runtime: 'docker',
    pull: (image, options) => docker.pull(image, options),
    images: async () => (await docker.images()).flatMap(({ RepoTags }) => RepoTags ?? []),
    create,
    run: async (options) => {
      const made = await create(options);
      await made.start();
      return made;
    },
    list: async () =>
      (await docker.list()).map(({ Id, Names: [name = ''], State }) => ({
        ...{ id: Id, name: name.slice(1), state: stateOf(State) },
      })),
    find: async (name) => containerOf(docker, (await docker.inspect(name)).Id, name),
  };
}

function containerOf(docker: DockerClient, id: string, name: string): RunContainer {
  const status = async (): Promise<ContainerState> => toState(await docker.inspect(id));
  return {
    ...{ id, name, status },
    start: () => docker.start(id),
    exec: (command, options) => docker.exec(id, command, options),
    logs: async () => {
      const output = await docker.logs(id);
      return (['stdout', 'stderr'] as const).flatMap((stream) =>
        output[stream]
          .split('\n')
          .slice(0, -1)
          .map((text) => ({ stream, text })),
      );
    },
    waitForExit: async (options) => {
      await docker.wait(id, options);
      return status();
    },
    stop: (graceSeconds) => docker.stop(id, { graceSeconds }),
    stats: () => docker.stats(id),
    address: async () => {
      const { NetworkSettings } = await docker.inspect(id);
      return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
    },
    remove: () => docker.remove(id),
  };
}

function optionsOf({ host = [], ...options }: RunOptions): DockerContainerOptions {
  return {
    ...options,
    ...(host.includes('network') && { network: 'host' }),
    ...(host.includes('pid') && { pid: 'host' as const }),
    ...(host.includes('ipc') && { ipc: 'host' as const }),
  };
}

function toState({ State }: DockerInspection): ContainerState {
  return { state: stateOf(State.Status), exitCode: State.ExitCode, oomKilled: State.OOMKilled };
}

/** The Engine knows more states; a container that is paused or about to be restarted has not exited. */
function stateOf(status: string): ContainerState['state'] {
  if (status === 'created') return 'created';
  return status === 'exited' || status === 'dead' ? 'exited' : 'running';
}
