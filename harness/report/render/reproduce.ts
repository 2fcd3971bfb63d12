import { shellQuote } from '../../process/shell-quote.ts';
import { isSuiteFile, withoutExtension } from '../file-run.ts';
import type { TestRecord } from '../schema.ts';

export interface RunFlags {
  /** What chooses the same image again, for example "--variant V --arch A". */
  readonly imageFlags: string;
  /** What else the tests were run with, for example "--suites DIR"; often empty. */
  readonly testFlags: string;
}

/** A command line that runs the test's file again; null for what fails outside every suite. */
export function reproduceLine(
  { file }: Pick<TestRecord, 'file'>,
  { imageFlags, testFlags }: RunFlags,
): string | null {
  if (!isSuiteFile(file)) return null;
  const choice = shellQuote(['--suite', withoutExtension(file)]);
  return ['npm test --', choice, imageFlags, testFlags].filter((part) => part !== '').join(' ');
}
