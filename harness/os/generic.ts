import { LINUX_MARKS } from './linux-marks.ts';
import type { OsProfile } from './profile.ts';

/** Any disk that UEFI firmware can start: what most systems with a serial console or QEMU's guest agent do. */
export const generic: OsProfile = {
  name: 'generic',
  // agetty(8) and its like; a password prompt also ends in a colon.
  ready: { console: /\blogin: *$/, agent: true, withinMs: 60_000 },
  timeline: [
    // The last word of EDK2's boot manager before the loader runs.
    ['loader', /^BdsDxe: starting /],
    ...LINUX_MARKS,
  ],
  capabilities: [],
  shutdownWithinMs: 30_000,
  harmless: [],
  machine: {},
};
