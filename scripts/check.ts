import { availableParallelism } from 'node:os';

import { EXIT_CODES } from '../harness/util/errors.ts';
import { passes, type Gate } from './check/gate.ts';
import { prepareWorkflowGate } from './check/engines/workflow-gate.ts';
import { staticGates, unitTestGate } from './check/node-gates.ts';
import { prepareRustGates, type RustGates } from './check/rust-gates.ts';
import { defineCommand } from './cli/command.ts';
import { runCleaningUp } from './cli/run.ts';

const command = defineCommand({
  usage: 'npm run check -- [--rust] [--workflows] [--no-unit-tests]',
  summary:
    'Runs the static gates and the unit tests; boots nothing. Prints the output of the failing gates only.',
  flags: {
    rust: {
      help: "Runs the gates of the guest's programs and units too, in the SDK, and the unit tests that need one of them.",
    },
    workflows: { help: 'Has actionlint look at the workflows of GitHub, too; it is built in the SDK.' },
    'no-unit-tests': { help: 'Leaves the unit tests out, which `npm test` runs, too.' },
  },
});

await runCleaningUp(command, async ({ flags }, { signal }) => {
  const rust = flags.rust ? await prepareRustGates(signal) : undefined;
  const workflows = flags.workflows ? [await prepareWorkflowGate(signal)] : [];
  const unitTests = flags['no-unit-tests'] ? [] : [unitTestGate(signal, rust?.guestBridge)];
  const failures = await runGates([...unitTests, ...staticGates(signal), ...workflows], rust);
  if (failures.length === 0) return EXIT_CODES.passed;
  process.stdout.write(`failed: ${failures.join(', ')}\n`);
  return EXIT_CODES.testFailed;
});

/** @returns the names of those that failed. */
async function runGates(gates: readonly Gate[], rust: RustGates | undefined): Promise<string[]> {
  const failures: string[] = [];
  const run = async (gate: Gate): Promise<void> => {
    if (!(await passes(gate))) failures.push(gate.name);
  };
  const queue = [...gates];
  const worker = async (): Promise<void> => {
    for (let gate = queue.shift(); gate !== undefined; gate = queue.shift()) await run(gate);
  };
  const workers = Array.from({ length: Math.min(availableParallelism(), 4) }, worker);
  await Promise.all([...workers, rust?.runWith(run)]);
  return failures;
}
