import type { Machine } from './machine.ts';

export const aarch64: Machine = {
  type: 'virt',
  versionedName: 'virt-7.2',
  package: 'qemu-system-arm',
  firmwarePackage: 'qemu-efi-aarch64',

  machineProperties: ({ accelerator }) => ({
    // Under KVM the guest's interrupt controller is the host's own generation; version 2 ends at 8 CPUs.
    'gic-version': accelerator === 'kvm' ? 'host' : '3',
  }),

  // Real pointer authentication costs an emulated guest up to half its speed; the made-up cipher is as good here.
  cpu: (accelerator) => (accelerator === 'kvm' ? 'host' : 'max,pauth-impdef=on'),

  // Without this the firmware waits five seconds for a key that would open its boot menu.
  extraArguments: () => ['-boot', 'menu=on,splash-time=0'],
};
