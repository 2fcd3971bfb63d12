/**
 * Wraps a command into namespaces of its own, in which it is root: mounts that it makes are invisible outside, and
 * nothing that it starts outlives it. Without root, a user namespace over the user's subordinate ids gives the same.
 */
export function namespaceCommand(argv: readonly [string, ...string[]]): [string, ...string[]] {
  const asRoot = process.geteuid?.() === 0;
  return [
    // The kernel takes the build along when the builder itself is killed.
    ...(['setpriv', '--pdeathsig=KILL'] as const),
    'unshare',
    ...(asRoot ? [] : ['--map-root-user', '--map-auto']),
    '--mount',
    '--pid',
    '--fork',
    '--kill-child=SIGKILL',
    ...argv,
  ];
}
