import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { optionString } from '../argv/option-string.ts';
import type { Machine } from './machine.ts';

/** In the virt machine's RAM, past the device tree that QEMU puts at its start: hw/arm/virt.c. */
const PROBE_ADDRESS = '0x40200000';

const PROBE_PROGRAM = Uint8Array.from([
  ...[0x00, 0x20, 0xa1, 0xd2], // movz x0, #0x0900, lsl #16   the serial port's data register
  ...[0x61, 0x09, 0x80, 0x52], // movz w1, #'K'
  ...[0x01, 0x00, 0x00, 0x39], // strb w1, [x0]
  ...[0x7f, 0x20, 0x03, 0xd5], // wfi
  ...[0xff, 0xff, 0xff, 0x17], // b    the wfi
]);

export const aarch64: Machine = {
  type: 'virt',
  versionedName: 'virt-7.2',
  serialPort: 'ttyAMA0',
  removableMediaLoader: 'BOOTAA64.EFI',

  probeGuest: {
    argumentsFor: async (directory) => {
      const file = join(directory, 'program');
      await writeFile(file, PROBE_PROGRAM);
      return [
        ...['-device', optionString('loader', { file, addr: PROBE_ADDRESS, 'force-raw': true })],
        ...['-device', optionString('loader', { addr: PROBE_ADDRESS, 'cpu-num': 0 })],
        ...['-serial', 'chardev:said'],
      ];
    },
    marker: 'K',
  },

  machineProperties: ({ accelerator }) => ({
    // Under KVM the guest's interrupt controller is the host's own generation; version 2 ends at 8 CPUs.
    'gic-version': accelerator === 'kvm' ? 'host' : '3',
  }),

  // Real pointer authentication costs an emulated guest up to half its speed; the made-up cipher is as good here.
  cpu: (accelerator) => (accelerator === 'kvm' ? 'host' : 'max,pauth-impdef=on'),

  // A fork's first answer comes a fifth sooner than with one.
  emulatedCpus: 2,

  // Without this the firmware waits five seconds for a key that would open its boot menu.
  extraArguments: () => ['-boot', 'menu=on,splash-time=0'],
};
