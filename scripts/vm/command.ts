import type { Image } from '../../harness/image/open.ts';
import { DOCUMENT_CHANNELS } from '../../harness/os/user-data/channels.ts';
import { messageOf, UsageError } from '../../harness/util/errors.ts';
import { readRegularFile } from '../../harness/util/files/regular-file.ts';
import type { MachineSpec } from '../../harness/vm/spec.ts';
import { DEFAULT_VARIANT, listVariants } from '../../images/builder/config/variant.ts';
import { defineCommand, type FlagValues } from '../cli/command.ts';
import { DISK_SIZE_FLAG, parseDiskSize } from '../cli/disk-size.ts';
import { ACTION_USAGES } from './actions/parse.ts';
import { ARCH_FLAG, obtainImage } from '../cli/image-flags.ts';

export const VM_COMMAND = defineCommand({
  usage: 'npm run vm -- [--variant V] [--arch A] [--image PATH] [--user-data FILE] … | ACTION [NAME] …',
  summary:
    'Boots a machine, attaches its console, and prints how to reach it from another terminal.\n' +
    'Ctrl-] shuts the machine down and leaves; once more, it cuts the power.',
  positionals: {
    value: 'ACTION...',
    help: `Does this with a machine that runs: ${ACTION_USAGES.join('; ')}. NAME can be left out where one runs. Ctrl-] leaves a console.`,
  },
  flags: {
    variant: {
      value: 'V',
      help: `Builds and boots this variant: ${(await listVariants()).join(', ')}; default ${DEFAULT_VARIANT}.`,
    },
    arch: ARCH_FLAG,
    image: {
      value: 'PATH',
      help: 'Boots this image instead: image.json, its directory, or a disk (raw or qcow2, also packed).',
    },
    profile: { value: 'P', help: 'What the image promises: generic, bottlerocket, or a file.' },
    from: {
      value: 'REPORT/VM',
      help: "Boots a machine of a report instead, from the disks that it had when its test failed; the report's stay as they are.",
    },
    'disk-size': DISK_SIZE_FLAG,
    'user-data': {
      value: 'FILE',
      help: 'What the machine is configured with at its first boot: TOML, cloud-config or Ignition.',
    },
    livepatch: {
      value: 'A,B',
      help: "Offers these live patches for the image's kernel, in an update repository that the machine reaches.",
    },
    workloads: {
      help: 'Serves the images of containers that suites use, such as counter:1, in a registry that the machine reaches.',
    },
    display: { help: 'Gives the machine a graphics card, for the action screenshot.' },
    gdb: {
      help: 'Waits for a debugger before the first instruction, and prints what to type to attach gdb.',
    },
    repl: {
      help: 'Gives a prompt for JavaScript instead of the console, with the objects of tests: vm and api. .exit leaves.',
    },
    container: { value: 'C', help: 'With the action exec: runs the command in this host container.' },
    'memory-mib': { value: 'N', help: 'Memory of the machine; default 1024.' },
    cpus: { value: 'N', help: 'Virtual CPUs; default 1 under emulation, 2 under KVM.' },
    network: {
      value: 'MODE',
      help: 'user: a network card that reaches nothing outside; none (the default): no card.',
    },
  },
});

export type VmFlags = FlagValues<(typeof VM_COMMAND)['flags']>;

/** @throws {UsageError} for flags that make no machine; {InfrastructureError} when the image can't be built. */
export async function parseMachine(flags: VmFlags, signal: AbortSignal): Promise<MachineSpec> {
  const sizes = {
    ...(flags.cpus !== undefined && { cpus: parseNumber('cpus', flags.cpus) }),
    ...(flags['disk-size'] !== undefined && { diskSizeBytes: parseDiskSize(flags['disk-size']) }),
    ...(flags['memory-mib'] !== undefined && { memoryMiB: parseNumber('memory-mib', flags['memory-mib']) }),
  };
  const network = parseNetwork(flags.network);
  const content = flags['user-data'] === undefined ? undefined : await readUserData(flags['user-data']);
  const image = await obtainImage(flags, DEFAULT_VARIANT, signal);
  return {
    image,
    ...sizes,
    ...(network && { network }),
    ...(content && { userData: [{ channel: channelOf(image), content }] }),
    spareQmp: true,
    ...(flags.display && { display: true }),
    ...(flags.gdb && { gdb: true }),
  };
}

/** The first channel that the image is known to read. */
function channelOf(image: Image): (typeof DOCUMENT_CHANNELS)[number] {
  const channel = DOCUMENT_CHANNELS.find((one) => image.capabilities.has(`user-data.${one}`));
  if (channel === undefined) {
    throw new UsageError(`${image.path} shows no way to take user-data; leave --user-data out.`);
  }
  return channel;
}

async function readUserData(path: string): Promise<Buffer> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Cannot read the user-data: ${messageOf(error)}.`, { cause: error });
  }
}

function parseNumber(flag: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) {
    throw new UsageError(`--${flag} must be a whole number from 1 on, not "${text}".`);
  }
  return Number(text);
}

function parseNetwork(mode = 'none'): MachineSpec['network'] {
  if (mode === 'none') return undefined;
  if (mode === 'user') return {};
  throw new UsageError(`--network must be user or none, not "${mode}".`);
}
