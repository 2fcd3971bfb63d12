import { styleText } from 'node:util';

import type { TestRecord } from './schema.ts';

const SUITE_FILE = /(?:\.alone)?\.suite\.ts$/;

/** One run of one file of a suite. */
export type FileRun = Pick<TestRecord, 'file' | 'target' | 'repetition'>;

/** For maps and comparisons: equal for equal places only. */
export function fileRunKey({ file, target, repetition }: FileRun): string {
  return [repetition, target, file].join(' ');
}

export function heading({ file, target, repetition }: FileRun): string {
  return `${styleText('bold', file)}  ${target}${repetition === 1 ? '' : `, run ${repetition}`}`;
}

/** As records and events name a suite's file: "boot/state.suite.ts". */
export function relativeFile(path: string, suitesDirectory: string): string {
  return path.slice(suitesDirectory.length + 1);
}

/** What fails outside every suite has a name in place of a file. */
export function isSuiteFile(file: string): boolean {
  return SUITE_FILE.test(file);
}

/** As `--suite` takes it: "boot/state" for "boot/state.suite.ts". */
export function withoutExtension(file: string): string {
  return file.replace(SUITE_FILE, '');
}
