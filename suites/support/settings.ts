import type { Vm } from '../../harness/index.ts';

/** Commits settings; they are applied when the machine boots, or on request. */
export async function commit(vm: Vm, settings: Parameters<Vm['api']['patchSettings']>[0]): Promise<void> {
  await vm.api.patchSettings(settings);
  await vm.api.tx.commit();
}

/** A setting that every machine has, and that may be anything: the message of the day. */
export async function motd(vm: Vm): Promise<unknown> {
  return (await vm.api.settings())['motd'];
}
