/** What an image can be tested for; a suite that needs a capability the image lacks is skipped with that reason. */
export const CAPABILITIES = [
  'bridge',
  'journal-port',
  'user-data.private',
  'user-data.cd-rom',
  'user-data.fw-cfg',
  'user-data.nocloud',
  'user-data.ignition',
  'user-data.credentials',
  'verity-root',
  'ab-slots',
  'report.boot-time',
  'report.system',
  /** The host API updates the machine from a TUF repository that trusts the image's keys. */
  'updates',
  /** The service against which `npm run bench -- api` measures. */
  'bench-service',
] as const;
export type Capability = (typeof CAPABILITIES)[number];
