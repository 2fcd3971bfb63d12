import { EXIT_CODES } from '../harness/util/errors.ts';
import { buildWorkloads } from '../images/builder/build-workloads.ts';
import { BENCHES } from './bench/benches.ts';
import { BENCH_COMMAND, parseBench } from './bench/request.ts';
import { runCleaningUp } from './cli/run.ts';
import { showProgress } from './cli/show-progress.ts';
import { obtainImage, obtainNextImage } from './cli/image-flags.ts';

await runCleaningUp(BENCH_COMMAND, async ({ flags, positionals }, { signal }) => {
  const { name, runs } = parseBench(flags, positionals);
  const { defaultVariant, run } = BENCHES[name];
  const image = await obtainImage(flags, defaultVariant, signal);
  const { result, text } = await run(image, {
    runs,
    signal,
    nextImage: () => obtainNextImage(flags, defaultVariant, signal),
    workloads: () => showProgress((events) => buildWorkloads({ arch: image.arch, events, signal })),
    imagePath: flags.image,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : text);
  return EXIT_CODES.passed;
});
