import { needs, partitionLabelled, within } from '../../harness/index.ts';
import type { Offer, Vm } from '../../harness/index.ts';

const POLL_MS = 50;
const SOME_SEED = 1000;

/** How a machine chooses among updates; see the contract, section 4.6. */
export interface UpdatePreferences {
  readonly seed?: number;
  readonly 'ignore-waves'?: boolean;
  readonly 'version-lock'?: string;
}

/** Sets how the machine chooses, and waits until its updater has read that: its requests then show the seed. */
export async function prefer(
  vm: Vm,
  { service }: Offer,
  { seed = SOME_SEED, ...preferences }: UpdatePreferences,
): Promise<void> {
  await vm.api.patchSettings({ updates: { seed, ...preferences } });
  await vm.api.tx.commitAndApply();
  await within(30_000, `requests with the seed ${seed}`).poll(async () => {
    await vm.api.updates.run('refresh');
    return service.requests.at(-1)?.query['seed'] === String(seed) ? true : undefined;
  }, POLL_MS);
}

/** All that comes before the reboot into an update. */
export async function prepareAndActivate(vm: Vm): Promise<void> {
  for (const command of ['refresh', 'prepare', 'activate'] as const) await vm.api.updates.succeed(command);
}

export async function runningVersion(vm: Vm): Promise<string> {
  return (await vm.api.os()).version_id;
}

/** Priority 1, no tries left, successful: as manufactured, and never lost by an update. */
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
  needs('ab-slots');
  const table = await vm.readGpt();
  const word = (label: string): string => {
    const { attributes } = partitionLabelled(table, `BOTTLEROCKET-${label}`);
    return attributes.toString(16).padStart(16, '0');
  };
  return { A: word('BOOT-A'), B: word('BOOT-B'), private: word('PRIVATE') };
}

/** A boot is marked as successful shortly after the API's first answer. */
export async function waitForSuccessMark(vm: { readGpt: Vm['readGpt'] }): Promise<void> {
  await within(30_000, 'the running slot to be marked as successful').poll(async () => {
    const { A, B } = await slotWords(vm);
    return [A, B].every((word) => word.startsWith('01')) ? true : undefined;
  }, 200);
}
