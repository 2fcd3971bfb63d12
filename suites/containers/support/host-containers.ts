import type { HostContainersReport, Vm } from '../../../harness/index.ts';

type Containers = HostContainersReport['host-containers'];
export type Container = Containers[string];

const PAUSE_MS = 250;

/** The program of all test images. */
export const WORKLOAD = '/workload';

/** Sets and applies `settings.host-containers.NAME`. */
export async function setHostContainer(
  vm: Vm,
  name: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  await vm.api.patchSettings({ 'host-containers': { [name]: settings } });
  await vm.api.tx.commitAndApply();
}

/** Asks until the report has of a host container what is wanted; its deadline is that of the whole test. */
export async function hostContainer(
  vm: Vm,
  name: string,
  isWanted: (container: Container) => boolean,
): Promise<Container> {
  for (;;) {
    const { [name]: container } = (await vm.api.report.hostContainers())['host-containers'];
    if (container !== undefined && isWanted(container)) return container;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
