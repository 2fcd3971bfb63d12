import { join } from 'node:path';

import { listVariants } from '../images/builder/config/variant.ts';
import { runCleaningUp } from './cli/run.ts';
import { buildGuestBridge } from './runner/guest-bridge.ts';
import { prepareTargets } from './runner/prepare.ts';
import { TEST_COMMAND } from './runner/command.ts';
import { runTests } from './runner/run-tests.ts';

const root = join(import.meta.dirname, '..');

await runCleaningUp(TEST_COMMAND, async (invocation, interruption) =>
  runTests(invocation, interruption, {
    root,
    suitesDirectory: join(root, 'suites'),
    variants: await listVariants(),
    hasUnitTests: true,
    buildGuestBridge,
    prepareTargets,
  }),
);
