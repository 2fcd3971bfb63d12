import type { Finding } from '../../harness/guest/diagnosis/finding.ts';

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

export function renderText(file: string, findings: readonly Finding[]): string {
  const title = findings.length === 0 ? `${file}: nothing found` : `${file}:`;
  return [title, ...findings.flatMap(describe), ''].join('\n');
}

function describe({ title, severity, line, report }: Finding): string[] {
  const shown = report.slice(0, SHOWN_LINES).map((text) => `      | ${text}`);
  const left = report.length - shown.length;
  return [
    `  ${severity}: ${title} (line ${line})`,
    ...shown,
    ...(left > 0 ? [`      | ... ${left} more lines`] : []),
  ];
}
