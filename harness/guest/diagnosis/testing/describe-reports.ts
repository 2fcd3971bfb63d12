import { describe, expect, test } from 'vitest';

import type { FindingKind, Severity } from '../finding.ts';
import { diagnoseLines, printed } from './diagnose-lines.ts';

type Expected = readonly [kind: FindingKind, severity: Severity, title: string, report: string];

/**
 * Tests that these reports are recognised as one finding each, however the kernel prints them.
 *
 * @param reports in the wording of the sources of the kernel, systemd and EDK II.
 */
export function describeReports(reports: readonly Expected[]): void {
  describe.each(reports)('%s, %s: %s', (kind, severity, title, report) => {
    test.each([
      ['with times', printed(report)],
      ['with callers', printed(report, 'T77')],
      ['with levels', printed(report).map((line) => `<4>${line}`)],
    ])('%s', (_how, lines) => {
      expect(diagnoseLines(lines)[0]).toMatchObject({ kind, severity, title });
      expect(diagnoseLines(lines)).toHaveLength(1);
    });
  });
}
