import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { styleText } from 'node:util';

import { execa } from 'execa';

import { EXIT_CODES } from '../harness/util/errors.ts';
import { defineCommand } from './cli/command.ts';
import { runCommand } from './cli/run.ts';

interface Gate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly directory?: string;
}

/** These start QEMU, or the whole runner: `npm test` runs them, but a check before a commit should not wait for them. */
const SLOW_TESTS = '**/*.{e2e,qemu}.test.ts';

/** The slowest first, so that the last one to end does not end alone. */
const GATES: readonly Gate[] = [
  { name: 'unit tests', command: ['vitest', 'run', '--reporter=dot', `--exclude=${SLOW_TESTS}`] },
  { name: 'lint and layers', command: ['eslint', '.'] },
  { name: 'types', command: ['tsc', '--noEmit', '--project', '.'] },
  { name: 'format', command: ['prettier', '--check', '--log-level=warn', '.'] },
  { name: 'unused code', command: ['knip', '--no-progress'] },
];

const RUST = 'images/os';
const RUST_GATES: readonly Gate[] = [
  { name: 'rust tests', command: ['cargo', 'test', '--locked', '--quiet'], directory: RUST },
  {
    name: 'rust lint',
    command: ['cargo', 'clippy', '--locked', '--quiet', '--all-targets', '--', '--deny=warnings'],
    directory: RUST,
  },
  { name: 'rust format', command: ['cargo', 'fmt', '--check'], directory: RUST },
];

const command = defineCommand({
  usage: 'npm run check -- [--rust]',
  summary:
    'Runs the static gates and the unit tests; boots nothing. Prints the output of the failing gates only.',
  flags: { rust: { help: "Runs the gates of the guest's Rust programs too (minutes; needs cargo)." } },
});

await runCommand(command, async ({ flags }) => {
  const gates = flags.rust ? [...GATES, ...RUST_GATES] : GATES;
  const queue = [...gates];
  const failures: string[] = [];
  const worker = async (): Promise<void> => {
    for (let gate = queue.shift(); gate !== undefined; gate = queue.shift()) {
      if (!(await passes(gate))) failures.push(gate.name);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
  if (failures.length === 0) return EXIT_CODES.passed;
  process.stdout.write(`failed: ${failures.join(', ')}\n`);
  return EXIT_CODES.testFailed;
});

async function passes(gate: Gate): Promise<boolean> {
  const startedAt = performance.now();
  const [program, ...args] = gate.command;
  const result = await execa(program, args, {
    preferLocal: true,
    reject: false,
    all: true,
    stdin: 'ignore',
    ...(gate.directory === undefined ? {} : { cwd: gate.directory }),
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const verdict = result.failed ? styleText('red', 'FAIL') : styleText('green', 'ok  ');
  process.stdout.write(`${verdict} ${gate.name.padEnd(16)} ${seconds.padStart(5)} s\n`);
  if (result.failed) process.stdout.write(`${result.all || result.shortMessage}\n`);
  return !result.failed;
}
