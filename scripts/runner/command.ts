import { ARCHITECTURES } from '../../harness/util/architecture.ts';
import { DEFAULT_VARIANT } from '../../images/builder/config/variant.ts';
import { defineCommand } from '../cli/command.ts';
import { DISK_SIZE_FLAG } from '../cli/disk-size.ts';

/** More would find the machines' memory the scarcer thing on many hosts. */
export const MAX_DEFAULT_JOBS = 4;

export const TEST_COMMAND = defineCommand({
  usage: 'npm test -- [--suite A,B] [--variant V] [--arch A] [--image PATH] [--report DIR] [--jobs N] …',
  summary:
    'Boots an image and proves what it promises. Without a suite: the unit tests, then every suite.\n' +
    'Exit codes: 0 all passed, 1 a test failed, 64 wrong use, 69 the host failed, not the image, 130 interrupted.',
  positionals: { value: 'SUITE...', help: 'The same as --suite.' },
  flags: {
    suite: { value: 'A,B', help: 'Only these suites, or files of them, such as boot/verity.' },
    'unit-tests': { help: 'Only the unit tests, all of them; boots no image, and goes with no other flag.' },
    without: { value: 'A,B', help: 'None of these suites, or files of them.' },
    variant: {
      value: 'V',
      help: `Variants to build and test, with commas between; default ${DEFAULT_VARIANT}.`,
    },
    arch: {
      value: 'A',
      help: `${ARCHITECTURES.join(' or ')} (or several, with commas between); default: this host's.`,
    },
    image: {
      value: 'PATH',
      help: 'Tests this image instead: image.json, its directory, or a disk (raw or qcow2, also packed).',
    },
    profile: {
      value: 'P',
      help: 'What the image promises: generic, bottlerocket, or a file. Default: hotfire.toml next to the image, else what its disk shows.',
    },
    suites: {
      value: 'DIR',
      help: 'Runs the suites in this directory instead of those of Hotfire.',
    },
    'next-image': {
      value: 'PATH',
      help: 'With --image: another version of it, which the updates suite updates to.',
    },
    'disk-size': DISK_SIZE_FLAG,
    report: {
      value: 'DIR',
      help: 'Where the report goes; it must be new or empty. Default: reports/<time>, where old ones are removed.',
    },
    tap: { value: 'FILE', help: 'Writes the results as TAP (Test Anything Protocol) to this file too.' },
    shard: { value: 'I/N', help: 'Only the I-th of N parts of the suite files.' },
    repeat: { value: 'N', help: 'Runs everything N times.' },
    jobs: {
      value: 'N',
      help: `Suite files that run at once; default: one more than processors, at most ${MAX_DEFAULT_JOBS}.`,
    },
    list: { help: 'Prints the promises that would be tested, and boots nothing.' },
    'keep-vm': { help: 'Keeps the directory of every machine, disks included, and prints where it is.' },
    'keep-memory': {
      help:
        "Keeps the memory of a failed test's last machines in the report, for crash. Each machine takes some " +
        'seconds longer to end, and one that fails is stopped at once.',
    },
    debug: {
      help:
        "Shows each step and the guests' consoles as they come, one file at a time. On a terminal, the machines of a " +
        'test that fails run on, to be entered from another terminal, until Enter or `npm run vm -- stop`.',
    },
    exhaustive: { help: 'Tests that sample a space of cases go through all of it.' },
  },
});
