import { partitionLabelled, runUpdateCommand, succeedInUpdate, within } from '../../../harness/index.ts';
import type { Offer, UpdateCommand, UpdateStatus, Vm } from '../../../harness/index.ts';

/** The longest command writes a whole slot. */
const COMMAND_MS = 30_000;
const REBOOT_MS = 60_000;
const POLL_MS = 50;
const SOME_SEED = 1000;

/** Runs a command to its end. */
export function run(vm: Vm, command: UpdateCommand): Promise<UpdateStatus> {
  return runUpdateCommand(vm.api, command, within(COMMAND_MS, `the command ${command} to end`));
}

/** Runs a command that must succeed. */
export function succeed(vm: Vm, command: UpdateCommand): Promise<UpdateStatus> {
  return succeedInUpdate(vm.api, command, within(COMMAND_MS, `the command ${command} to end`));
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

/** Priority 1, no tries left, successful: how a machine leaves its factory, and what it never loses by an update. */
export const GOOD = '0101000000000000';
export const NEVER_USED = '0000000000000000';
/** A machine that has never been updated. */
export const UNTOUCHED = { A: GOOD, B: NEVER_USED };
/** The name of the target that is the largest part of an update. */
export const ROOT_IMAGE = /-root\.ext4\.lz4$/;

/** Hexadecimal, 16 digits each. */
interface SlotWords {
  readonly A: string;
  readonly B: string;
  readonly private: string;
}

/** The attribute words that slots are chosen by, read from the disk by the host. */
export async function slotWords(vm: { readGpt: Vm['readGpt'] }): Promise<SlotWords> {
  const table = await vm.readGpt();
  const word = (label: string): string => {
    const { attributes } = partitionLabelled(table, `BOTTLEROCKET-${label}`);
    return attributes.toString(16).padStart(16, '0');
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
