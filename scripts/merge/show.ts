import { heading } from '../../harness/report/file-run.ts';
import { shellQuote } from '../../harness/process/shell-quote.ts';
import { failureText } from '../../harness/report/render/failure-text.ts';
import { count, countLine, plain } from '../../harness/report/render/text.ts';
import { remarks } from '../runner/verdict.ts';
import type { RunReport, TestRecord } from '../../harness/report/schema.ts';

/** What failed, what is worth knowing, where the report is, and the count, which scripts look for in the last line. */
export function showMerged(report: RunReport, out: string): string {
  return [
    ...report.tests
      .filter(({ state, quarantine }) => state === 'failed' && quarantine === null)
      .map((test) => failed(test, report, out)),
    ...report.remarks.map((remark) => `note  ${plain(remark)}`),
    ...remarks(report, { asked: false, used: false }),
    `report: ${out}/index.html`,
    `${countLine(count(report.tests))}\n`,
  ].join('\n');
}

function failed(test: TestRecord, { vms, targets }: RunReport, out: string): string {
  const target = targets.find(({ name }) => name === test.target);
  const imageFlags =
    target === undefined || target.variant === null
      ? ''
      : shellQuote(['--variant', target.variant, '--arch', target.arch]);
  const context = {
    ...{ reportDirectory: out, imageFlags },
    vms: vms.filter(({ id }) => test.vms.includes(id)),
  };
  return `${heading(test)}\n  FAIL  ${plain(test.promise)}\n${failureText(test, context)}\n`;
}
