import { quarantineText } from '../quarantine/apply.ts';
import type { RunReport, TestRecord } from '../schema.ts';
import { plain } from './text.ts';

/** The run in the Test Anything Protocol, version 14. A quarantined failure is one that is still to be mended. */
export function tapText({ tests }: Pick<RunReport, 'tests'>): string {
  const points = tests.map((test, index) => pointText(test, index + 1));
  return ['TAP version 14', `1..${tests.length}`, ...points, ''].join('\n');
}

function pointText(test: TestRecord, number: number): string {
  const { target, file, repetition, promise, state } = test;
  const run = repetition === 1 ? '' : ` [run ${repetition}]`;
  const result = state === 'failed' ? 'not ok' : 'ok';
  const head = `${result} ${number} - ${escaped(`${target} ${file}: ${promise}${run}`)}${directive(test)}`;
  return state === 'failed' ? [head, ...diagnostics(test)].join('\n') : head;
}

function directive({ state, skipReason, quarantine }: TestRecord): string {
  if (state === 'skipped') return ` # SKIP ${escaped(skipReason ?? '')}`.trimEnd();
  return quarantine === null ? '' : ` # TODO ${escaped(quarantineText(quarantine))}`;
}

/** YAML, of which JSON is a part. */
function diagnostics({ durationMs, failures, reproduce, vms }: TestRecord): string[] {
  const values = {
    message: failures.map(({ name, message }) => `${name}: ${plain(message)}`).join('\n'),
    severity: failures.some(({ infrastructure }) => infrastructure) ? 'infrastructure' : 'fail',
    duration_ms: durationMs,
    ...(reproduce !== null && { reproduce }),
    ...(vms.length > 0 && { machines: vms }),
  };
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: ${onOneLine(value)}`);
  return ['  ---', ...lines, '  ...'];
}

/** JSON, but without what YAML takes for the end of a line. */
function onOneLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\u0085\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** One line, in which nothing begins a directive. */
function escaped(text: string): string {
  return plain(text)
    .replace(/[\n\t\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\\#]/g, (character) => `\\${character}`);
}
