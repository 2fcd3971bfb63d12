import { LINUX_MARKS } from '../linux-marks.ts';
import type { OsProfile } from '../profile.ts';

/** Sparkler, and upstream's images. What an image can show beyond this, its manifest or its disk says. */
export const bottlerocket: OsProfile = {
  name: 'bottlerocket',
  ready: { hostApi: true, withinMs: 30_000 },
  // Sparkler's slot loader; upstream starts with shim and GRUB, which print nothing on a serial console.
  timeline: [['loader', /^sparkler: slot /], ...LINUX_MARKS],
  capabilities: ['host-api'],
  // Where an image has the capability "login": variants for development take any name, and ask for no password.
  login: { user: 'root' },
  shutdownWithinMs: 15_000,
  harmless: [],
  machine: {},
};
