import type { TestError } from 'vitest';
import type { TestModule } from 'vitest/node';

import { plain } from '../../harness/report/render/text.ts';
import { failureOf, originOf, promiseOf } from '../../harness/report/records/test-records.ts';
import { EXIT_CODES, type ExitCode } from '../../harness/util/errors.ts';
import type { Interruption } from '../cli/interruption.ts';
import { vitestFor, type SuiteProject } from './vitest.ts';

/** Prints suite and promise of each test that would run, one per line. Suites are loaded; nothing boots. */
export async function listPromises(
  root: string,
  projects: readonly SuiteProject[],
  interruption: Interruption,
): Promise<ExitCode> {
  const vitest = await vitestFor(root, projects, { jobs: 1, reporters: [{}], interruption });
  try {
    const { testModules, unhandledErrors } = await vitest.collect();
    if (interruption.signal.aborted) return EXIT_CODES.interrupted;
    const lines = testModules.flatMap(linesOf);
    for (const line of lines) process.stdout.write(`${line}\n`);
    const faults = [
      ...testModules.flatMap(faultsOf),
      ...unhandledErrors.map((error) => failureOf(error as TestError).message),
    ];
    if (faults.length === 0 && lines.length === 0)
      faults.push('No file of the chosen suites has a test in it.');
    for (const fault of faults) process.stderr.write(`error: ${fault}\n`);
    return faults.length === 0 ? EXIT_CODES.passed : EXIT_CODES.testFailed;
  } finally {
    await vitest.close();
  }
}

function linesOf(module: TestModule): string[] {
  const { suite } = originOf(module);
  return [...module.children.allTests()].map((test) => `${suite}  ${plain(promiseOf(test))}`);
}

function faultsOf(module: TestModule): string[] {
  return module
    .errors()
    .map((error) => `${originOf(module).file} does not load: ${failureOf(error).message}`);
}
