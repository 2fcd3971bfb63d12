import type { Machine } from './machine.ts';

export const x86_64: Machine = {
  type: 'q35',
  versionedName: 'pc-q35-7.2',
  serialPort: 'ttyS0',
  removableMediaLoader: 'BOOTX64.EFI',

  // SeaBIOS, QEMU's own default firmware, goes through real, protected and management mode in some 100 ms. On a host
  // where KVM is broken it was seen to start and then crawl, so only its last words count.
  probeGuest: {
    argumentsFor: () => Promise.resolve(['-device', 'isa-debugcon,iobase=0x402,chardev=said']),
    marker: 'No bootable device',
  },

  machineProperties: ({ firmware }) => ({
    // System management mode costs every boot something and only Secure Boot's variable store needs it.
    smm: firmware?.requiresSmm ?? false,
    // VMware's back door: a device that no guest of ours may depend on.
    vmport: false,
  }),

  // x86-64-v2, which is what container images may expect. Not `max`: QEMU emulates AVX slower than the SSE that programs
  // use without it; a boot to the first API answer took 10 % longer. AMD's, since Intel's of that age has Meltdown: against
  // it a kernel flushes the TLB at every system call, and a boot's user space took 25 % longer.
  cpu: (accelerator) => (accelerator === 'kvm' ? 'host' : 'Nehalem,vendor=AuthenticAMD'),

  // OVMF, when it hands over to a kernel, waits for ever for a CPU that misses its wake-up, as one does now and then on a
  // busy host (tianocore/edk2, pull request 13164).
  emulatedCpus: 1,

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
