import { performance } from 'node:perf_hooks';

import { hostArchitecture, parseArchitecture } from '../harness/util/architecture.ts';
import { EXIT_CODES, UsageError } from '../harness/util/errors.ts';
import { Events } from '../harness/util/events.ts';
import { buildImage } from '../images/builder/build.ts';
import type { BuildEvents } from '../images/builder/cache/events.ts';
import { BuildProgress } from '../images/builder/progress.ts';
import { DEFAULT_VARIANT, listVariants } from '../images/builder/config/variant.ts';
import { defineCommand } from './cli/command.ts';
import { ARCH_FLAG } from './cli/image-flags.ts';
import { runCommand } from './cli/run.ts';
import { Interruption } from './cli/interruption.ts';

const command = defineCommand({
  usage:
    'npm run image -- [--variant V] [--arch A] [--os-version N] [--json] [--rebuild] [--mirror URL] [--jobs N]',
  summary: `Builds an image, or finds it in the cache, and prints where its image.json is.`,
  flags: {
    variant: { value: 'V', help: `One of ${(await listVariants()).join(', ')}; default ${DEFAULT_VARIANT}.` },
    arch: ARCH_FLAG,
    'os-version': {
      value: 'N',
      help: 'Version of the OS, such as 1.2.3; default: the one in images/release.toml.',
    },
    json: { help: 'Prints {"manifest", "elapsedMs", "steps"} instead of the path alone.' },
    rebuild: { help: 'Repeats every step, with the packages that the mirror has now.' },
    mirror: { value: 'URL', help: "A mirror of Debian; default: the one in this host's apt sources." },
    jobs: { value: 'N', help: 'Compilers at a time; default: one for each processor.' },
  },
});

await runCommand(command, async ({ flags }) => {
  const startedMs = performance.now();
  const interruption = new Interruption();
  interruption.takeOver();
  const events = new Events<BuildEvents>();
  const steps: { step: string; cached: boolean; elapsedMs: number }[] = [];
  events.on('cached', ({ step }) => steps.push({ step, cached: true, elapsedMs: 0 }));
  events.on('ended', ({ step, elapsedMs }) => steps.push({ step, cached: false, elapsedMs }));
  const progress = new BuildProgress(events, process.stderr);
  try {
    const { manifest } = await buildImage({
      variant: flags.variant ?? DEFAULT_VARIANT,
      arch: flags.arch === undefined ? hostArchitecture() : parseArchitecture(flags.arch),
      osVersion: flags['os-version'],
      mirror: flags.mirror,
      jobs: flags.jobs === undefined ? undefined : parseJobs(flags.jobs),
      rebuild: flags.rebuild,
      events,
      signal: interruption.signal,
    });
    const elapsedMs = performance.now() - startedMs;
    process.stdout.write(`${flags.json ? JSON.stringify({ manifest, elapsedMs, steps }) : manifest}\n`);
    return EXIT_CODES.passed;
  } catch (error) {
    if (interruption.signal.aborted) return EXIT_CODES.interrupted;
    throw error;
  } finally {
    progress.stop();
  }
});

function parseJobs(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new UsageError(`--jobs ${text} is no number of compilers; it must be a whole number from 1 on.`);
  }
  return Number(text);
}
