import { execa } from 'execa';

/** A prefix of commands that run in a process namespace of their own, as in a container. */
export const NEW_PID_NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** Skips a test where no process namespace can be made: containers and ordinary users often may not. */
export async function needPidNamespace(skip: (reason: string) => never): Promise<void> {
  const [unshare, ...options] = NEW_PID_NAMESPACE;
  const { exitCode, stderr } = await execa(unshare, [...options, 'true'], { reject: false });
  if (exitCode !== 0) skip(`no process namespace can be made here: ${stderr}`);
}
