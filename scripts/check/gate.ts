import { performance } from 'node:perf_hooks';
import { styleText } from 'node:util';

export interface Gate {
  readonly name: string;
  /** @returns what is wrong, in the words of the tools; undefined when nothing is. */
  readonly run: () => Promise<string | undefined>;
}

/** Runs a gate, and prints its verdict; of one that failed the output, too. */
export async function passes({ name, run }: Gate): Promise<boolean> {
  const startedAt = performance.now();
  const fault = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const verdict = fault === undefined ? styleText('green', 'ok  ') : styleText('red', 'FAIL');
  process.stdout.write(`${verdict} ${name.padEnd(16)} ${seconds.padStart(5)} s\n`);
  if (fault !== undefined) process.stdout.write(`${fault}\n`);
  return fault === undefined;
}
