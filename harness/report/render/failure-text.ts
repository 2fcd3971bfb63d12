import type { FailureRecord, TestRecord, VmRecord } from '../schema.ts';
import { shellQuote } from '../../process/shell-quote.ts';
import { RECORD_FILE } from '../../vm/remains/record.ts';
import { memoryUse } from './memory-use.ts';
import type { RunFlags } from './reproduce.ts';
import { plain } from './text.ts';

const CONSOLE_LINES = 20;

export interface FailureContext extends Pick<RunFlags, 'imageFlags'> {
  /** The machines of the test whose evidence is there. */
  readonly vms: readonly VmRecord[];
  /** As the user can type it; the parent of each machine's directory. */
  readonly reportDirectory: string;
}

/** All that someone needs who sees only the terminal: the error, the console, where the evidence is, how to repeat it. */
export function failureText(test: TestRecord, context: FailureContext): string {
  const evidence = context.vms.flatMap((vm) => vmText(vm, context.reportDirectory));
  const reproduce = test.reproduce === null ? [] : [`reproduce: ${test.reproduce}`];
  const bootAgain =
    test.vms.length === 0 ? [] : [`boot the same image: npm run vm -- ${context.imageFlags}`.trimEnd()];
  return [...test.failures.flatMap(errorText), ...evidence, ...reproduce, ...bootAgain]
    .map((block) => indented(plain(block)))
    .join('\n');
}

/** As all that stands under a test's name. */
export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `        ${line}`.trimEnd())
    .join('\n');
}

function errorText({ name, message, stack, infrastructure }: FailureRecord): string[] {
  const fault = infrastructure ? 'Infrastructure failure (host)\n' : '';
  const origin = stack?.split('\n').find((line) => /^\s+at /.test(line));
  return [`${fault}${name}: ${message}`, ...(origin === undefined ? [] : [origin.trim()])];
}

function vmText(vm: VmRecord, reportDirectory: string): string[] {
  const tail = vm.consoleTail.slice(-CONSOLE_LINES).map((line) => `  | ${line}`);
  const console =
    tail.length === 0 ? [`console of ${vm.id}: empty`] : [`console of ${vm.id}, last lines:`, ...tail];
  const enter = vm.files.includes(RECORD_FILE)
    ? [`enter it as it was left: npm run vm -- --from ${shellQuote([`${reportDirectory}/${vm.id}`])}`]
    : [];
  const evidence = `${reportDirectory}/${vm.directory}`;
  const memory = memoryUse(vm, evidence);
  const read =
    memory === undefined
      ? []
      : [`read its memory: ${memory.command}${memory.lack === undefined ? '' : ` (${memory.lack})`}`];
  return [...console, `evidence: ${evidence}/`, ...enter, ...read];
}
