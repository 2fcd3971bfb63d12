import type { ConsoleMark } from './profile.ts';

/**
 * What a Linux with systemd prints. A quiet kernel shows when it first complains, and init when it
 * greets.
 */
export const LINUX_MARKS: readonly ConsoleMark[] = [
  ['userspace', /\bas init process$|\bsystemd\[1\]: |^Welcome to /],
  ['kernel', /^\[ *\d+\.\d{6}\] /],
];
