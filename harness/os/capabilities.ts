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
  /** It asks EC2's instance metadata service at its first boot, and does not go on without an answer. */
  'user-data.imds',
  'verity-root',
  /** The kernel is locked down, at the level "integrity", before any program runs. */
  'lockdown',
  'ab-slots',
  'report.boot-time',
  'report.last-boot',
  'report.system',
  /** Host and bootstrap containers run, and the host API tells what became of them. */
  'report.host-containers',
  /** The host API updates the machine from a TUF repository that trusts the image's keys. */
  'updates',
  /** The host API patches the running kernel, from the same repository. */
  'livepatch',
  /** The service against which `npm run bench -- api` measures. */
  'bench-service',
  /** containerd answers to the Container Runtime Interface, through the bridge. */
  'cri',
  /** The Docker Engine answers, through the bridge. */
  'docker',
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
  cri: 'list containerd\'s socket as "cri" among the services of the bridge',
  docker: 'list the Docker Engine\'s socket as "docker" among the services of the bridge',
  updates: 'name the private keys of the update repository that the image trusts in HOTFIRE_UPDATE_KEYS',
  agent: 'install qemu-guest-agent and set `agent = true` under [ready] in hotfire.toml',
  login: 'give [login] with `user` and `password` in hotfire.toml',
};

/** Why tests that need these can't run on an image that lacks them, and what to add where that is known. */
export function reasonForLack(missing: readonly Capability[]): string {
  const hints = missing.flatMap((capability) => HOW_TO_ADD[capability] ?? []);
  return [`the image lacks ${missing.join(', ')}`, ...hints].join('; ');
}
