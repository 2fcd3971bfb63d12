import { join } from 'node:path';

import { Quarantine } from '../harness/report/quarantine/apply.ts';
import { readQuarantine } from '../harness/report/quarantine/entries.ts';
import { githubAnnotations } from '../harness/report/render/github.ts';
import { writeReport } from '../harness/report/write.ts';
import { runCommand } from './cli/run.ts';
import { mergeReports } from './merge/merge.ts';
import { MERGE_COMMAND, parseMergeRequest } from './merge/request.ts';
import { showMerged } from './merge/show.ts';
import { ReportDirectory } from './runner/reports/directory.ts';
import { exitCodeFor } from './runner/verdict.ts';

const root = join(import.meta.dirname, '..');

await runCommand(MERGE_COMMAND, async ({ flags, positionals }) => {
  const request = parseMergeRequest(flags, positionals);
  const quarantine = new Quarantine(await readQuarantine(root), new Date());
  using directory = await ReportDirectory.reserve(root, request.out, '--out');
  const report = await mergeReports(request, directory, quarantine);
  await writeReport(report, directory.path);
  if (process.env['GITHUB_ACTIONS'] === 'true') {
    const checkout = { root: process.cwd(), suitesDirectory: join(root, 'suites') };
    for (const annotation of githubAnnotations(report, checkout)) process.stdout.write(`${annotation}\n`);
  }
  process.stdout.write(showMerged(report, request.out));
  return exitCodeFor(report.verdict);
});
