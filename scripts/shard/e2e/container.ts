import { NEW_PID_NAMESPACE } from '../../../harness/util/testing/namespace.ts';

/** As in a pod without a device plugin: no /dev/kvm, and of /dev/shm only what containers get by default. */
const BARE_DEV = `
  set -e
  dev=$(mktemp -d)
  mount -t tmpfs dev "$dev"
  for name in full null random tty urandom zero; do touch "$dev/$name"; mount --bind "/dev/$name" "$dev/$name"; done
  mkdir "$dev/shm" "$dev/pts"
  mount -t tmpfs -o size=64m shm "$dev/shm"
  ln -s /proc/self/fd "$dev/fd"
  mount --move "$dev" /dev
  rmdir "$dev"
  exec "$@"
`;

/** A prefix of commands that run in the namespaces of processes and mounts that a container has. */
export const CONTAINER = [...NEW_PID_NAMESPACE, '--mount', 'sh', '-c', BARE_DEV, 'sh'] as const;
