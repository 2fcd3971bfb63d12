import { GuestApiError, within } from '../../harness/index.ts';
import type { Deadline, UpdateCommand, UpdateStatus, Vm, Offer } from '../../harness/index.ts';

/** The longest command writes a whole slot. */
const COMMAND_MS = 30_000;
const REBOOT_MS = 60_000;
const POLL_MS = 50;
const SOME_SEED = 1000;
/** What the host API answers while a command works. */
const LOCKED = 423;

/** Runs a command to its end. */
export async function run(vm: Vm, command: UpdateCommand): Promise<UpdateStatus> {
  const deadline = within(COMMAND_MS, `the command ${command} to end`);
  await vm.api.updates.start(command, { deadline });
  return statusAfterwards(vm, deadline);
}

/** Runs a command that must succeed. */
export async function succeed(vm: Vm, command: UpdateCommand): Promise<UpdateStatus> {
  const status = await run(vm, command);
  const { cmd_status: outcome, stderr } = status.most_recent_command ?? {};
  if (outcome !== 'Success') throw new Error(`${command}: ${String(outcome)}: ${String(stderr)}`);
  return status;
}

/** How a machine chooses among updates; see the contract, section 4.6. */
export interface Choice {
  readonly seed?: number;
  readonly 'ignore-waves'?: boolean;
  readonly 'version-lock'?: string;
}

/** Sets how the machine chooses, and waits until its updater has been told: its requests then show the seed. */
export async function choose(
  vm: Vm,
  { service }: Offer,
  { seed = SOME_SEED, ...choice }: Choice,
): Promise<void> {
  const deadline = within(COMMAND_MS, `requests with the seed ${seed}`);
  await vm.api.patchSettings({ updates: { seed, ...choice } }, { deadline });
  await vm.api.tx.commitAndApply({ deadline });
  await deadline.poll(async () => {
    await run(vm, 'refresh');
    return service.requests.at(-1)?.query['seed'] === String(seed) ? true : undefined;
  }, POLL_MS);
}

/** The status as soon as no command works any more. */
export function statusAfterwards(vm: Vm, deadline: Deadline): Promise<UpdateStatus> {
  return deadline.poll(async () => {
    try {
      return await vm.api.updates.status({ deadline });
    } catch (error) {
      if (error instanceof GuestApiError && error.status === LOCKED) return undefined;
      throw error;
    }
  }, POLL_MS);
}

/** All that comes before the reboot into an update. */
export async function makeReady(vm: Vm): Promise<void> {
  for (const command of ['refresh', 'prepare', 'activate'] as const) await succeed(vm, command);
}

export function reboot(vm: Vm): Promise<void> {
  return vm.reboot(within(REBOOT_MS, 'the machine to be back after a reboot'));
}

export async function runningVersion(vm: Vm): Promise<string> {
  const { version_id: version } = await vm.api.os({ deadline: within(10_000, 'the version') });
  return version;
}

/** Hexadecimal, 16 digits each. */
interface SlotWords {
  readonly A: string;
  readonly B: string;
  readonly private: string;
}

/** The attribute words that slots are chosen by, read from the disk by the host. */
export async function slotWords(vm: { readGpt: Vm['readGpt'] }): Promise<SlotWords> {
  const { partitions } = await vm.readGpt();
  const word = (label: string): string => {
    const attributes = partitions.find((one) => one.label === `BOTTLEROCKET-${label}`)?.attributes;
    return attributes === undefined ? 'absent' : attributes.toString(16).padStart(16, '0');
  };
  return { A: word('BOOT-A'), B: word('BOOT-B'), private: word('PRIVATE') };
}

/** A boot is marked as successful a moment after the API's first answer. */
export async function bootIsGood(vm: { readGpt: Vm['readGpt'] }): Promise<void> {
  const deadline = within(30_000, 'the running slot to be marked as successful');
  await deadline.poll(async () => {
    const { A, B } = await slotWords(vm);
    return [A, B].every((word) => word.startsWith('01')) ? true : undefined;
  }, 200);
}
