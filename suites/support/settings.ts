import { within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

/** Changes settings for good; they are applied when the machine boots, or asked to. */
export async function commit(vm: Vm, settings: Parameters<Vm['api']['patchSettings']>[0]): Promise<void> {
  const deadline = within(10_000, 'a transaction');
  await vm.api.patchSettings(settings, { deadline });
  await vm.api.tx.commit({ deadline });
}

/** A setting that every machine has, and that may be anything: the message of the day. */
export async function motd(vm: Vm): Promise<unknown> {
  return (await vm.api.settings({ deadline: within(10_000, 'the settings') }))['motd'];
}
