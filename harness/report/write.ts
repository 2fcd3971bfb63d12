import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { htmlPage } from './render/html.ts';
import { junitXml } from './render/junit.ts';
import { runReportSchema, type RunReport } from './schema.ts';

/** Writes `run.json`, `junit.xml` and `index.html` into an existing directory. */
export async function writeReport(report: RunReport, directory: string): Promise<void> {
  const checked = runReportSchema.parse(report);
  await Promise.all([
    writeFile(join(directory, 'run.json'), `${JSON.stringify(checked, null, 2)}\n`),
    writeFile(join(directory, 'junit.xml'), junitXml(checked)),
    writeFile(join(directory, 'index.html'), htmlPage(checked)),
  ]);
}
