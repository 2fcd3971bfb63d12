import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Architecture } from '../util/architecture.ts';
import { optionString } from './option-string.ts';

/** The smallest guest that tells that it ran. */
interface ProbeGuest {
  /** Arguments that put it into a machine; it writes to the chardev `said`. */
  readonly argumentsFor: (directory: string) => Promise<string[]>;
  /** What it writes when it has come through. */
  readonly marker: string;
}

/** In the virt machine's RAM, past the device tree that QEMU puts at its start: hw/arm/virt.c. */
const PROGRAM_ADDRESS = '0x40200000';

const AARCH64_PROGRAM = Uint8Array.from([
  ...[0x00, 0x20, 0xa1, 0xd2], // movz x0, #0x0900, lsl #16   the serial port's data register
  ...[0x61, 0x09, 0x80, 0x52], // movz w1, #'K'
  ...[0x01, 0x00, 0x00, 0x39], // strb w1, [x0]
  ...[0x7f, 0x20, 0x03, 0xd5], // wfi
  ...[0xff, 0xff, 0xff, 0x17], // b    the wfi
]);

export const PROBE_GUESTS: Readonly<Record<Architecture, ProbeGuest>> = {
  // SeaBIOS, QEMU's own default firmware, goes through real, protected and management mode in some 100 ms. On a host
  // where KVM is broken it was seen to start and then crawl, so only its last words count.
  x86_64: {
    argumentsFor: () => Promise.resolve(['-device', 'isa-debugcon,iobase=0x402,chardev=said']),
    marker: 'No bootable device',
  },
  aarch64: {
    argumentsFor: async (directory) => {
      const file = join(directory, 'program');
      await writeFile(file, AARCH64_PROGRAM);
      return [
        ...['-device', optionString('loader', { file, addr: PROGRAM_ADDRESS, 'force-raw': true })],
        ...['-device', optionString('loader', { addr: PROGRAM_ADDRESS, 'cpu-num': 0 })],
        ...['-serial', 'chardev:said'],
      ];
    },
    marker: 'K',
  },
};
