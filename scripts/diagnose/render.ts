import type { Finding } from '../../harness/guest/diagnosis/finding.ts';
import type { SourceLines } from '../../harness/image/symbols/source-lines.ts';

/** Enough of a report to see what it is about; the line's number says where the rest is. */
const SHOWN_LINES = 8;

export function isBad(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'failure' || severity === 'fatal');
}

/** One line: the file and its symptoms. A function is null where the report names none. */
export function renderJson(file: string, findings: readonly Finding[]): string {
  const symptoms = findings.map(({ kind, title, function: name = null, severity, line }) => ({
    ...{ kind, title, severity, line },
    function: name,
  }));
  return `${JSON.stringify({ file, symptoms })}\n`;
}

export function renderText(file: string, findings: readonly Finding[], shownLines = SHOWN_LINES): string {
  const title = findings.length === 0 ? `${file}: nothing found` : `${file}:`;
  return [title, ...findings.flatMap((finding) => describe(finding, shownLines)), ''].join('\n');
}

/** Whole reports, with file and line of each place in the kernel. */
export async function renderWithSource(
  file: string,
  findings: readonly Finding[],
  source: SourceLines,
): Promise<string> {
  const annotated = findings.map(async (finding) => ({
    ...finding,
    report: await source.annotate(finding.report),
  }));
  return renderText(file, await Promise.all(annotated), Infinity);
}

function describe({ title, severity, line, report }: Finding, shownLines: number): string[] {
  const shown = report.slice(0, shownLines).map((text) => `      | ${text}`);
  const left = report.length - shown.length;
  return [
    `  ${severity}: ${title} (line ${line})`,
    ...shown,
    ...(left > 0 ? [`      | ... ${left} more lines`] : []),
  ];
}
