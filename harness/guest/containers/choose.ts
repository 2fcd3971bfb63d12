import type { CriClient } from '../cri/client.ts';
import type { DockerClient } from '../docker/client.ts';
import type { Containers } from './containers.ts';
import { logReader, type LogReaderImage } from './log-reader.ts';
import { overCri } from './over-cri.ts';
import { overDocker } from './over-docker.ts';

/**
 * The containers of a machine, by whatever runtime it has.
 *
 * @param capabilities of its image; one with both runtimes runs its containers by the Docker Engine.
 * @param reader how logs are read where the runtime has no call for it.
 */
export function containersOn(
  vm: { readonly cri: CriClient; readonly docker: DockerClient },
  capabilities: ReadonlySet<string>,
  reader: LogReaderImage,
): Containers {
  return capabilities.has('docker') ? overDocker(vm.docker) : overCri(vm.cri, logReader(vm.cri, reader));
}
