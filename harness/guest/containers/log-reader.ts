import { ImageError } from '../../util/errors.ts';
import type { CriClient } from '../cri/client.ts';

/** Gives the content of a file of the guest that is a container's log. */
export type ReadLog = (path: string) => Promise<string>;

/** Of the container, and of its pod. */
export const LOG_READER = 'hotfire-log-reader';
const LOGS = '/var/log/pods';

/** An image with a program that prints files. */
export interface LogReaderImage {
  readonly image: string;
  /** Keeps the container running. */
  readonly args: readonly string[];
  /** Prints the files whose names follow. */
  readonly print: readonly string[];
}

/**
 * Reads logs as the collectors of Kubernetes do: in a container of its own that sees the runtime's log directory, and can't
 * write there. CRI has no call for it, and a service of the bridge that reads files would be a hole in every machine.
 *
 * @returns reads one log; the first call starts the container unless it is there already.
 */
export function logReader(cri: CriClient, reader: LogReaderImage): ReadLog {
  let started: Promise<string> | undefined;
  return async (path) => {
    if (!path.startsWith(`${LOGS}/`)) throw new ImageError(`A container logs to ${path}, outside ${LOGS}.`);
    started ??= findOrStart(cri, reader);
    const id = await started;
    const { exitCode, stdout, stderr } = await cri.exec(id, [...reader.print, path]);
    if (exitCode !== 0) throw new ImageError(`The log ${path} can't be read: ${stderr.trim()}`);
    return stdout;
  };
}

async function findOrStart(cri: CriClient, { image, args }: LogReaderImage): Promise<string> {
  const known = (await cri.containers()).find(
    ({ metadata, state }) => metadata.name === LOG_READER && state === 'CONTAINER_RUNNING',
  );
  if (known !== undefined) return known.id;
  const pod = await cri.runPod({ name: LOG_READER });
  const mounts = [{ hostPath: LOGS, containerPath: LOGS, readonly: true }];
  const id = await cri.createContainer(pod, { name: LOG_READER, image, args, mounts });
  await cri.start(id);
  return id;
}
