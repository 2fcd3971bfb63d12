import { readReport } from '../harness/report/read.ts';
import { EXIT_CODES } from '../harness/util/errors.ts';
import { runCommand } from './cli/run.ts';
import { compareReports, isWorse } from './compare/compare.ts';
import { renderComparison } from './compare/render.ts';
import { COMPARE_COMMAND, parseCompared } from './compare/request.ts';

await runCommand(COMPARE_COMMAND, async ({ flags, positionals }) => {
  const [before, after] = parseCompared(positionals);
  const comparison = compareReports(await readReport(before), await readReport(after));
  const text = flags.json ? `${JSON.stringify(comparison, null, 2)}\n` : renderComparison(comparison);
  process.stdout.write(text);
  return isWorse(comparison) ? EXIT_CODES.testFailed : EXIT_CODES.passed;
});
