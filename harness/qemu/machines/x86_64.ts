import type { Machine } from './machine.ts';

export const x86_64: Machine = {
  type: 'q35',
  versionedName: 'pc-q35-7.2',
  package: 'qemu-system-x86',
  firmwarePackage: 'ovmf',

  machineProperties: ({ firmware }) => ({
    // System management mode costs every boot something and only Secure Boot's variable store needs it.
    smm: firmware?.requiresSmm ?? false,
    // VMware's back door: a device that no guest of ours may depend on.
    vmport: false,
  }),

  // x86-64-v2, which is what container images may expect. Not `max`: QEMU emulates AVX slower than the SSE that programs
  // use without it; a boot to the first API answer took 10 % longer.
  cpu: (accelerator) => (accelerator === 'kvm' ? 'host' : 'Nehalem'),

  extraArguments: ({ firmware }) =>
    firmware?.requiresSmm === true
      ? // The flash takes writes only from system management mode, or Secure Boot's keys could be changed by the OS.
        [
          ...['-global', 'driver=cfi.pflash01,property=secure,value=on'],
          // SMM firmware refuses to run where a suspend to RAM could bypass it.
          ...['-global', 'ICH9-LPC.disable_s3=1'],
        ]
      : [],
};
