import { containerSuite, expect } from '../../harness/index.ts';
import { WORKLOAD } from '../support/workload.ts';
import { running } from './support/running.ts';

const test = running(containerSuite());

/** Those that a runtime may have left open between the machine and its first process; the flawed runc had left 7 or 8. */
const DESCRIPTORS = { sampled: [7, 8], exhaustive: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12] };
/** In the root of the machine, and in none of the image's. */
const OF_THE_MACHINE = /^(?:usr|boot)$/;

// CVE-2024-21626: a descriptor that leaks into the first process is a working directory outside.
test(
  'no working directory leads out by a leaked descriptor',
  { timeout: 600_000 },
  async ({ containers, exhaustive }) => {
    for (const descriptor of exhaustive ? DESCRIPTORS.exhaustive : DESCRIPTORS.sampled) {
      const name = `leak-${descriptor}`;
      const workingDirectory = `/proc/self/fd/${descriptor}`;
      const args = ['ls', '.', '../..', '../../..', '../../../..'];
      const one = await containers
        .run({ name, image: WORKLOAD, args, workingDirectory })
        .catch((refused: unknown) => refused as Error);
      if (one instanceof Error) continue;
      await one.waitForExit();
      const seen = (await one.logs()).map(({ text }) => text);
      expect(seen.filter((entry) => OF_THE_MACHINE.test(entry))).toEqual([]);
    }
  },
);
