import { Diagnosis } from '../diagnosis.ts';
import type { Finding } from '../finding.ts';
import { Speakers } from '../speaker.ts';

/** What a console with these lines shows to have gone wrong. */
export function diagnoseLines(lines: readonly string[]): readonly Finding[] {
  const speakers = new Speakers();
  const diagnosis = new Diagnosis();
  lines.forEach((line, index) => diagnosis.hear(speakers.of(line), index + 1));
  return diagnosis.findings;
}

/** As printk puts its time before every line; with CONFIG_PRINTK_CALLER also who printed it. */
export function printed(text: string, caller?: string, seconds = 9): string[] {
  const by = caller === undefined ? '' : `[${caller.padStart(6)}]`;
  return text.split('\n').map((line) => `[${seconds.toFixed(6).padStart(12)}]${by} ${line}`);
}
