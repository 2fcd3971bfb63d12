import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Stryker } from '@stryker-mutator/core';

import { EXIT_CODES } from '../harness/util/errors.ts';
import { defineCommand } from './cli/command.ts';
import { runCommand } from './cli/run.ts';
import { strykerOptions } from './mutation/options.ts';
import { pureParts } from './mutation/pure-parts.ts';

const command = defineCommand({
  usage: 'npm run mutation -- [PATH...]',
  summary:
    'Makes small changes to the pure parts of the harness, one at a time, and shows which of them no unit test finds.\n' +
    'Takes minutes for a folder. Report: reports/mutation/index.html. Exit code 1: the tests found too few.',
  positionals: { value: 'PATH...', help: 'Only these folders and files; default: all pure parts.' },
  flags: {},
});

await runCommand(command, async ({ positionals }) => {
  const parts = pureParts(positionals);
  const copies = await mkdtemp(join(tmpdir(), 'hotfire-mutation-'));
  // Not in `finally`: a signal makes Stryker end the process at once.
  process.once('exit', () => {
    rmSync(copies, { recursive: true, force: true });
  });
  const stryker = new Stryker(strykerOptions(parts, copies));
  try {
    await stryker.runMutationTest();
  } catch {
    // Stryker has printed what it throws.
    return EXIT_CODES.testFailed;
  }
  // Stryker sets it when the score is too low.
  return process.exitCode === undefined ? EXIT_CODES.passed : EXIT_CODES.testFailed;
});
