/** What a booting machine passes, in this order: first byte on the console, boot loader, kernel, init, bridge, ready. */
export const MILESTONES = ['firmware', 'loader', 'kernel', 'userspace', 'bridge', 'api', 'ready'] as const;
export type Milestone = (typeof MILESTONES)[number];
