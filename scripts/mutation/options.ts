import { isatty } from 'node:tty';

import type { Stryker } from '@stryker-mutator/core';

type StrykerOptions = ConstructorParameters<typeof Stryker>[0];

/** Percent of the mutants that the tests have to find; with fewer the run fails. */
const LOWEST_SCORE = 80;

/** What Stryker needs to know; `parts` are folders and files, `workDirectory` gets copies of the whole project. */
export function strykerOptions(parts: readonly string[], workDirectory: string): StrykerOptions {
  const isTerminal = isatty(1);
  const files = parts.map((part) => (part.endsWith('.ts') ? part : `${part}/**/*.ts`));
  return {
    mutate: [...files, '!**/*.test.ts', '!**/testing/**'],
    // In the folders of examples are links into an image, which lead nowhere here; tests read the files beside them.
    ignorePatterns: ['images/os', 'examples/*/', 'reports'],
    tempDirName: workDirectory,
    cleanTempDir: 'always',
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: true },
    concurrency: 2,
    // Generous, since a mutant whose tests only were slow would count as found. Most endless loops end much sooner.
    timeoutMS: 30_000,
    reporters: ['clear-text', isTerminal ? 'progress' : 'progress-append-only', 'html', 'json'],
    clearTextReporter: { logTests: false, reportTests: false, allowEmojis: false, allowColor: isTerminal },
    allowConsoleColors: isTerminal,
    htmlReporter: { fileName: 'reports/mutation/index.html' },
    jsonReporter: { fileName: 'reports/mutation/mutation.json' },
    thresholds: { high: 100, low: LOWEST_SCORE, break: LOWEST_SCORE },
  };
}
