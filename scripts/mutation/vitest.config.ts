import { defineConfig } from 'vitest/config';

const FOLDERS = 'crash-consistency,disk,guest,image,os,qemu,report,services,util,vm/monitor';

/** What is tested by processes of the host, or by waiting for a peer, is not mutated, and slow. */
const SLOW = [
  'harness/crash-consistency/inspect/**',
  'harness/disk/{*,ext4/*}.test.ts',
  'harness/guest/agent/{agent,commands,qemu-ga}.test.ts',
  'harness/guest/console/{console,shell}.test.ts',
  'harness/guest/journal/journal.test.ts',
  'harness/image/{disk/bare-disk,open,refusals,unpack/unpack}.test.ts',
  'harness/os/user-data/user-data.test.ts',
  'harness/qemu/{accelerator,binary,process}.test.ts',
  'harness/vm/monitor/{crash-watch,stall-watch}.test.ts',
];

/** The unit tests that can tell a mutant of the pure parts from the original. One that fails has, so none is retried. */
export default defineConfig({
  test: {
    include: [`harness/{${FOLDERS}}/**/*.test.ts`],
    exclude: ['**/*.{e2e,qemu,peer}.test.ts', ...SLOW],
    setupFiles: ['scripts/mutation/repeatable-properties.ts'],
    testTimeout: 20_000,
  },
});
