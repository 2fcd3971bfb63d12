import { join } from 'node:path';

import { listVariants } from '../images/builder/config/variant.ts';
import { runCommand } from './cli/run.ts';
import { buildGuestBridge } from './runner/guest-bridge.ts';
import { prepareTargets } from './runner/prepare.ts';
import { TEST_COMMAND } from './runner/request.ts';
import { runTests } from './runner/run-tests.ts';

const root = join(import.meta.dirname, '..');

await runCommand(TEST_COMMAND, async (invocation) =>
  runTests(invocation, {
    root,
    suitesDirectory: join(root, 'suites'),
    variants: await listVariants(),
    hasUnitTests: true,
    buildGuestBridge,
    prepareTargets,
  }),
);
