import { setTimeout as sleep } from 'node:timers/promises';

import { reserve } from '../reserve.ts';

/** A run that reserves so much of a host of 1000 MiB and 4 CPUs, and has it until it is killed. */
const [directory = '', memoryMiB = '', cpus = ''] = process.argv.slice(2);
await reserve(
  { memoryMiB: Number(memoryMiB), cpus: Number(cpus) },
  {
    directory,
    capacity: () => ({ memoryMiB: 1000, cpus: 4, availableMiB: 1000 }),
    notice: (text) => process.stdout.write(`${text}\n`),
  },
);
process.stdout.write('admitted\n');
await sleep(600_000);
