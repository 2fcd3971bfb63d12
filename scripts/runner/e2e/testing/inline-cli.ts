import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { runCleaningUp } from '../../../cli/run.ts';
import { imageFlags, testFlags } from '../../plan/repeat-flags.ts';
import { TEST_COMMAND } from '../../command.ts';
import { runTests } from '../../run-tests.ts';

/** `npm test` over a workplace in the current directory, whose suites need no image. */
const root = process.cwd();

await runCleaningUp(TEST_COMMAND, (invocation, interruption) =>
  runTests(invocation, interruption, {
    root,
    suitesDirectory: join(root, 'suites'),
    variants: ['metal-containerd', 'metal-dev'],
    hasUnitTests: existsSync(join(root, 'unit.test.ts')),
    prepareTargets: (request) =>
      Promise.resolve(
        request.variants.flatMap((variant) =>
          request.archs.map((arch) => ({
            name: `${variant}/${arch}`,
            arch,
            imagePath: null,
            nextImagePath: null,
            workloadsPath: null,
            livepatchPaths: null,
            profile: null,
            imageFlags: imageFlags(['--variant', variant], request),
            testFlags: testFlags(request),
            provenance: null,
          })),
        ),
      ),
  }),
);
