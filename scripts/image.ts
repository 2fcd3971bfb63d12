import { performance } from 'node:perf_hooks';

import { EXIT_CODES } from '../harness/util/errors.ts';
import { Events } from '../harness/util/events.ts';
import type { BuildEvents } from '../images/builder/cache/events.ts';
import { runCleaningUp } from './cli/run.ts';
import { showProgress } from './cli/show-progress.ts';
import { build } from './image/build.ts';
import { listOfLivepatches } from './image/livepatches.ts';
import { IMAGE_COMMAND, parseImageRequest } from './image/request.ts';
import { listOfVariants } from './image/variants.ts';

await runCleaningUp(IMAGE_COMMAND, async ({ flags }, { signal }) => {
  const request = parseImageRequest(flags);
  if (request.kind === 'list') {
    process.stdout.write(await listOfVariants(flags.json));
    return EXIT_CODES.passed;
  }
  if (request.kind === 'list-livepatches') {
    process.stdout.write(await listOfLivepatches(flags.json));
    return EXIT_CODES.passed;
  }
  const startedMs = performance.now();
  const events = new Events<BuildEvents>();
  const steps: { step: string; cached: boolean; elapsedMs: number }[] = [];
  events.on('cached', ({ step }) => steps.push({ step, cached: true, elapsedMs: 0 }));
  events.on('ended', ({ step, elapsedMs }) => steps.push({ step, cached: false, elapsedMs }));
  const { result, text } = await showProgress(() => build(request, events, signal), events);
  const elapsedMs = performance.now() - startedMs;
  process.stdout.write(`${flags.json ? JSON.stringify({ ...result, elapsedMs, steps }) : text}\n`);
  return EXIT_CODES.passed;
});
