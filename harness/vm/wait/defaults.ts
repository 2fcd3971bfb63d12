/** Enough for a guest under KVM on the reference host; see `Deadlines` for what is made of them. */
export const WAIT_MS = {
  /** From power-on to the first answer of the host API. */
  api: 30_000,
  boot: 60_000,
  login: 30_000,
  reboot: 60_000,
  reset: 10_000,
  shutdown: 30_000,
  failure: 60_000,
  checkpoint: 30_000,
  /** The longest: two minutes until a boot that never gets ready is given up, then a boot. */
  version: 180_000,
} as const;
