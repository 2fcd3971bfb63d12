import type { TestModule } from 'vitest/node';

import { originOf, promiseOf } from '../../harness/report/test-records.ts';
import { EXIT_CODES, messageOf, type ExitCode } from '../../harness/util/errors.ts';
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
    for (const module of testModules) process.stdout.write(linesOf(module));
    const errors = [...testModules.flatMap((module) => module.errors()), ...unhandledErrors];
    for (const error of errors) process.stderr.write(`error: ${messageOf(error)}\n`);
    return errors.length === 0 ? EXIT_CODES.passed : EXIT_CODES.testFailed;
  } finally {
    await vitest.close();
  }
}

function linesOf(module: TestModule): string {
  const { suite } = originOf(module);
  return [...module.children.allTests()].map((test) => `${suite}  ${promiseOf(test)}\n`).join('');
}
