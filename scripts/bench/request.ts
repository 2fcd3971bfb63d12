import { UsageError } from '../../harness/util/errors.ts';
import { listVariants } from '../../images/builder/config/variant.ts';
import { defineCommand, type FlagValues } from '../cli/command.ts';
import { ARCH_FLAG } from '../cli/image-flags.ts';
import { unknownName } from '../cli/suggest.ts';
import { BENCH_NAMES, BENCHES, type BenchName } from './benches.ts';

const DEFAULT_RUNS = 5;

export const BENCH_COMMAND = defineCommand({
  usage: 'npm run bench -- NAME [--runs N] [--json] [--variant V] [--arch A] [--image PATH]',
  summary:
    'Measures an image against its baseline, interleaved in one run, and prints statistics and their ratio.',
  positionals: {
    value: 'NAME',
    help:
      'boot: cold boots to the first answer of the host API, against the same firmware and kernel with an idle init; ' +
      'api: small and large exchanges over virtio-serial, against TCP over the user network; ' +
      'fork: forks of a booted machine (ten in each run) and their memory, against cold boots and other ways to restore; ' +
      'update: whole updates, against writing as many bytes directly and a cold boot; ' +
      'livepatch: live patches applied and reverted, and the pause that containers see, against an update with its reboot; containers: pull, create, start, first output, exec and stop, against a call that changes nothing.',
  },
  flags: {
    runs: { value: 'N', help: `How many times each is measured; default ${DEFAULT_RUNS}.` },
    json: { help: 'Prints the result as JSON.' },
    variant: {
      value: 'V',
      help: `One of ${(await listVariants()).join(', ')}; default ${BENCHES.boot.defaultVariant}, for api and update ${BENCHES.api.defaultVariant}.`,
    },
    arch: ARCH_FLAG,
    image: { value: 'PATH', help: 'Measures this image instead: image.json, its directory, or a disk.' },
    'next-image': { value: 'PATH', help: 'With --image: another version of it, for update.' },
  },
});

/** @throws {UsageError} unless exactly one bench is named, and runs are a whole number from 1 on. */
export function parseBench(
  { runs = String(DEFAULT_RUNS) }: Pick<FlagValues<(typeof BENCH_COMMAND)['flags']>, 'runs'>,
  names: readonly string[],
): { readonly name: BenchName; readonly runs: number } {
  const [given, ...others] = names;
  if (given === undefined || others.length > 0) {
    throw new UsageError(`Name one benchmark to run, not ${names.length}: ${BENCH_NAMES.join(', ')}.`);
  }
  const name = BENCH_NAMES.find((known) => known === given);
  if (name === undefined) throw unknownName('benchmark', given, BENCH_NAMES);
  if (!/^[1-9]\d{0,3}$/.test(runs)) {
    throw new UsageError(`--runs ${runs} is no number of runs; it must be a whole number from 1 on.`);
  }
  return { name, runs: Number(runs) };
}
