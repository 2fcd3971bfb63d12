import { dirname, relative, resolve } from 'node:path';

import { InfrastructureError, messageOf } from '../util/errors.ts';
import { writeWhole } from '../util/files/write-whole.ts';
import { bootsOfRun } from './history/boot-phases.ts';
import { earlierReports } from './history/earlier.ts';
import { readLogs } from './logs/read.ts';
import type { Besides } from './render/html/context.ts';
import { htmlPage } from './render/html/page.ts';
import { junitXml } from './render/junit.ts';
import { tapText } from './render/tap.ts';
import { runReportSchema, type RunReport } from './schema.ts';

/** A plot of more would show each too small. */
const EARLIER_RUNS = 30;

/**
 * Writes `run.json`, `junit.xml` and `index.html` into an existing directory, which has the evidence already; each of them is
 * whole, or not there.
 *
 * @param tapPath a file for the Test Anything Protocol; none without it.
 * @throws {InfrastructureError} that names those that can't be written, after the others were.
 */
export async function writeReport(report: RunReport, directory: string, tapPath?: string): Promise<void> {
  const checked = runReportSchema.parse(report);
  const files = [
    ['run.json', `${JSON.stringify(checked, null, 2)}\n`],
    ['junit.xml', junitXml(checked, placeOf(directory))],
    ['index.html', htmlPage(checked, await besides(checked, directory))],
    ...(tapPath === undefined ? [] : [[resolve(tapPath), tapText(checked)] as const]),
  ] as const;
  const failures: { name: string; error: unknown }[] = [];
  for (const [name, text] of files) {
    await writeWhole(resolve(directory, name), text).catch((error: unknown) =>
      failures.push({ name, error }),
    );
  }
  const [first] = failures;
  if (first === undefined) return;
  const names = failures.map(({ name }) => name).join(', ');
  throw new InfrastructureError(`The report lacks ${names}: ${messageOf(first.error)}.`, {
    cause: first.error,
    hint: `Make room on the disk of ${directory}, or give another directory with --report.`,
  });
}

/** Other reports in the same directory are taken for earlier runs. */
async function besides(report: RunReport, directory: string): Promise<Besides> {
  const except = resolve(directory);
  return {
    logs: await readLogs(report, directory),
    earlier: await earlierReports(dirname(except), { atMost: EARLIER_RUNS, except, pick: bootsOfRun }),
  };
}

/** Engines look for attachments from where they checked out. */
function placeOf(directory: string): string {
  const below = relative(process.cwd(), directory);
  return below.startsWith('..') ? resolve(directory) : below || '.';
}
