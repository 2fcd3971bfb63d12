import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

/** Unit tests only. Suites boot machines and run through `npm test` (scripts/test.ts). */
export default defineConfig({
  test: {
    include: ['{harness,firmware,images,scripts}/**/*.test.ts'],
    exclude: ['images/os/**', 'node_modules/**'],
    pool: 'forks',
    // Many tests wait for processes more than they compute; vitest would leave one CPU to itself.
    maxWorkers: availableParallelism(),
    // Longer than the waits within the tests: what expires says what it waited for. A busy host is ten times as slow.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
