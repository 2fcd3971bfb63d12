import { defineConfig } from 'vitest/config';

/** Unit tests only. Suites boot machines and run through `npm test` (scripts/test.ts). */
export default defineConfig({
  test: {
    include: ['{harness,firmware,images,scripts}/**/*.test.ts'],
    exclude: ['images/os/**', 'node_modules/**'],
    pool: 'forks',
    testTimeout: 20_000,
    // Many of these tests race real processes and sockets against deadlines of milliseconds, which a busy host can lose.
    retry: 2,
  },
});
