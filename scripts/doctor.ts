import { ARCHITECTURES } from '../harness/util/architecture.ts';
import { EXIT_CODES } from '../harness/util/errors.ts';
import { defineCommand } from './cli/command.ts';
import { runCommand } from './cli/run.ts';
import { emulationChecks } from './doctor/emulation.ts';
import { isReady, type Finding } from './doctor/finding.ts';
import { renderJson, renderLines, renderTable } from './doctor/render.ts';
import { resourceChecks } from './doctor/resources.ts';
import { runtimeChecks } from './doctor/runtime.ts';
import { toolChecks } from './doctor/tools.ts';

const command = defineCommand({
  usage: 'npm run doctor -- [--json]',
  summary:
    'Shows what this host can and cannot do, and what to do about each gap. Exit code 69: it boots no image.',
  flags: { json: { help: 'Prints the findings as JSON.' } },
});

await runCommand(command, async ({ flags }) => {
  const findings = await examine();
  process.stdout.write(rendererFor(flags.json)(findings));
  return isReady(findings) ? EXIT_CODES.passed : EXIT_CODES.infrastructure;
});

/** One after the other: a probe under load says less. */
async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [];
  const checks = [
    ...ARCHITECTURES.flatMap(emulationChecks),
    ...toolChecks,
    ...resourceChecks,
    ...runtimeChecks,
  ];
  for (const check of checks) findings.push(await check());
  return findings;
}

function rendererFor(json: boolean): (findings: readonly Finding[]) => string {
  if (json) return renderJson;
  return process.stdout.isTTY ? renderTable : renderLines;
}
