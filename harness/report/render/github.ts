import { join, relative } from 'node:path';

import { isSuiteFile } from '../file-run.ts';
import { quarantineText } from '../quarantine/apply.ts';
import type { RunReport, TestRecord } from '../schema.ts';
import { plain } from './text.ts';

/** What is shown beside a line of code; all of it is in the report. */
const MAX_LINES = 12;

export interface Checkout {
  /** What paths are relative to. */
  readonly root: string;
  readonly suitesDirectory: string;
}

/** A workflow command of GitHub Actions for each failure, which shows it at the line that failed. */
export function githubAnnotations({ tests }: Pick<RunReport, 'tests'>, checkout: Checkout): string[] {
  return tests.filter(({ state }) => state === 'failed').map((test) => annotation(test, checkout));
}

function annotation(test: TestRecord, checkout: Checkout): string {
  const { promise, target, quarantine, reproduce, failures } = test;
  const properties = { ...placeOf(test, checkout), title: `${promise} (${target})` };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapedProperty(value)}`);
  const why = quarantine === null ? [] : [quarantineText(quarantine)];
  const lines = failures.flatMap(({ message }) => message.split('\n')).slice(0, MAX_LINES);
  const repeat = reproduce === null ? [] : [`reproduce: ${reproduce}`];
  const text = [...why, ...lines, ...repeat].join('\n');
  return `::${quarantine === null ? 'error' : 'warning'} ${list.join(',')}::${escaped(text)}`;
}

/** The innermost line of code of the checkout that a failure names, else the file; nothing for what is in neither. */
function placeOf(
  { file, failures }: TestRecord,
  { root, suitesDirectory }: Checkout,
): { readonly file?: string; readonly line?: string } {
  for (const { stack } of failures) {
    for (const [, path = '', line = ''] of (stack ?? '').matchAll(/^ +at (?:.* )?(\/.*):(\d+):\d+$/gm)) {
      const own = within(root, path);
      if (own !== undefined) return { file: own, line };
    }
  }
  const own = isSuiteFile(file) ? within(root, join(suitesDirectory, file)) : undefined;
  return own === undefined ? {} : { file: own };
}

function within(root: string, path: string): string | undefined {
  const own = relative(root, path);
  return own.startsWith('..') || own.includes('node_modules') ? undefined : own;
}

/** As the runner's toolkit does (packages/core/src/command.ts of actions/toolkit). */
function escaped(text: string): string {
  return plain(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
