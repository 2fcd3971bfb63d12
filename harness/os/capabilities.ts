/** What an image can be tested for; a test that needs a capability the image lacks is skipped with that reason. */
export const CAPABILITIES = [
  'bridge',
  /** Bottlerocket's host API answers through the bridge. */
  'host-api',
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
  /** QEMU's guest agent answers. */
  'agent',
  /** A shell can be reached by a login on the serial console. */
  'login',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** What gives an image of one's own the capability; for the rest, docs/own-image.md. */
const HOW_TO_ADD: Partial<Record<Capability, string>> = {
  bridge: 'install the bridge into the image (docs/own-image.md)',
  'host-api': "only a system with Bottlerocket's host API has it",
  'journal-port': 'install the bridge and its journal stream into the image (docs/own-image.md)',
  agent: 'install qemu-guest-agent and set `agent = true` under [ready] in hotfire.toml',
  login: 'give [login] with `user` and `password` in hotfire.toml',
};

/** Why tests that need these can't run on an image that lacks them, and what to add where that is known. */
export function reasonForLack(missing: readonly Capability[]): string {
  const hints = missing.flatMap((capability) => HOW_TO_ADD[capability] ?? []);
  return [`the image lacks ${missing.join(', ')}`, ...hints].join('; ');
}
