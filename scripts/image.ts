import { performance } from 'node:perf_hooks';

import { hostArchitecture, parseArchitecture } from '../harness/util/architecture.ts';
import { EXIT_CODES, UsageError } from '../harness/util/errors.ts';
import { Events } from '../harness/util/events.ts';
import { buildExample } from '../images/builder/build-example.ts';
import { buildImage } from '../images/builder/build.ts';
import type { BuildEvents } from '../images/builder/cache/events.ts';
import { listExamples } from '../images/builder/example/example.ts';
import { DEFAULT_VARIANT, listVariants } from '../images/builder/config/variant.ts';
import { defineCommand, type FlagValues } from './cli/command.ts';
import { ARCH_FLAG } from './cli/image-flags.ts';
import { runCleaningUp } from './cli/run.ts';
import { showProgress } from './cli/show-progress.ts';

const command = defineCommand({
  usage:
    'npm run image -- [--variant V | --example E] [--arch A] [--os-version N] [--json] [--rebuild] [--mirror URL] [--jobs N]',
  summary: `Builds an image, or finds it in the cache, and prints where its image.json is.`,
  flags: {
    variant: { value: 'V', help: `One of ${(await listVariants()).join(', ')}; default ${DEFAULT_VARIANT}.` },
    example: {
      value: 'E',
      help: `Builds a disk with another system instead, and prints where that is; one of ${(await listExamples()).join(', ')}.`,
    },
    arch: ARCH_FLAG,
    'os-version': {
      value: 'N',
      help: 'Version of the OS, such as 1.2.3; default: the one in images/release.toml.',
    },
    json: {
      help: 'Prints {"manifest", "elapsedMs", "steps"} instead of the path alone; with --example, {"disk", …}.',
    },
    rebuild: { help: 'Repeats every step, with the packages that the mirror has now.' },
    mirror: { value: 'URL', help: "A mirror of Debian; default: the one in this host's apt sources." },
    jobs: { value: 'N', help: 'Compilers at a time; default: one for each processor.' },
  },
});

await runCleaningUp(command, async ({ flags }, { signal }) => {
  const startedMs = performance.now();
  const events = new Events<BuildEvents>();
  const steps: { step: string; cached: boolean; elapsedMs: number }[] = [];
  events.on('cached', ({ step }) => steps.push({ step, cached: true, elapsedMs: 0 }));
  events.on('ended', ({ step, elapsedMs }) => steps.push({ step, cached: false, elapsedMs }));
  const built = await showProgress(() => build(flags, events, signal), events);
  const elapsedMs = performance.now() - startedMs;
  const [path] = Object.values(built);
  process.stdout.write(`${flags.json ? JSON.stringify({ ...built, elapsedMs, steps }) : path}\n`);
  return EXIT_CODES.passed;
});

function build(
  flags: FlagValues<typeof command.flags>,
  events: Events<BuildEvents>,
  signal: AbortSignal,
): Promise<{ manifest: string } | { disk: string }> {
  const request = {
    arch: flags.arch === undefined ? hostArchitecture() : parseArchitecture(flags.arch),
    mirror: flags.mirror,
    jobs: flags.jobs === undefined ? undefined : parseJobs(flags.jobs),
    rebuild: flags.rebuild,
    events,
    signal,
  };
  if (flags.example === undefined) {
    return buildImage({
      ...request,
      variant: flags.variant ?? DEFAULT_VARIANT,
      osVersion: flags['os-version'],
    });
  }
  for (const name of ['variant', 'os-version'] as const) {
    if (flags[name] !== undefined) {
      throw new UsageError(`--example and --${name} exclude each other; leave one of them out.`);
    }
  }
  return buildExample({ ...request, example: flags.example });
}

function parseJobs(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new UsageError(`--jobs ${text} is no number of compilers; it must be a whole number from 1 on.`);
  }
  return Number(text);
}
