import { MACHINES } from '../machines/index.ts';
import { flash } from './firmware.ts';
import { optionString } from './option-string.ts';
import type { QemuOptions } from './options.ts';

const TRANSLATED_CODE_MIB = 256;
const MEMORY = 'ram';

export function machine(options: QemuOptions): string[] {
  const description = MACHINES[options.arch];
  const { accelerator, cpus, firmware } = options;
  return [
    '-machine',
    optionString(description.type, {
      ...description.machineProperties(options),
      // The guest's memory in a core file of QEMU would fill the host's disk and tell nothing.
      'dump-guest-core': false,
      'memory-backend': MEMORY,
      pflash0: firmware && 'firmware-code',
      pflash1: firmware && 'firmware-vars',
    }),
    ...(firmware === undefined ? [] : flash(firmware)),
    ...['-accel', accelerator === 'kvm' ? 'kvm' : translation()],
    ...['-cpu', description.cpu(accelerator)],
    // Before 8.1 QEMU leaves the guest's memory barriers out where there can be one CPU only, though its devices work in
    // another thread: a guest's notice to one of them can get lost, and with it a write to a disk or a port.
    ...['-smp', accelerator === 'tcg' && cpus === 1 ? '1,maxcpus=2' : String(cpus)],
    ...memory(options),
    ...['-rtc', 'base=utc'],
    ...description.extraArguments(options),
  ];
}

function translation(): string {
  return optionString('tcg', {
    // One translating thread per CPU. It is the default only where QEMU trusts the pair of architectures.
    thread: 'multi',
    // What was translated before a reboot is of no use after it, and yet QEMU looks through it at every write to a page
    // that it came from, until this much memory is full and all of it is dropped. With the default, a gibibyte, a reboot
    // took a third more of the host's CPU time on x86_64 and half as much again on aarch64. With half of this, starting a
    // container, which no longer fits, took twice as much.
    'tb-size': TRANSLATED_CODE_MIB,
  });
}

/** Always by the same name, or a state saved from one kind would not fit the other. */
function memory({ memoryMiB, memoryFile }: QemuOptions): string[] {
  const size = `${memoryMiB}M`;
  const backend =
    memoryFile === undefined
      ? optionString('memory-backend-ram', { id: MEMORY, size })
      : optionString('memory-backend-file', {
          ...{ id: MEMORY, size, 'mem-path': memoryFile.path },
          share: memoryFile.writes === 'to-file',
        });
  return [...['-m', size], ...['-object', backend]];
}
