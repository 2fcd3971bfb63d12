import { isSuiteFile, withoutExtension } from '../file-run.ts';
import { shellQuote } from '../../process/shell-quote.ts';
import type { FailureRecord, TestRecord, VmRecord } from '../schema.ts';
import { RECORD_FILE } from '../../vm/remains/record.ts';
import { plain } from './text.ts';

const CONSOLE_LINES = 20;

export interface FailureContext {
  /** The machines of the test whose evidence is there. */
  readonly vms: readonly VmRecord[];
  /** As the user can type it; the parent of each machine's directory. */
  readonly reportDirectory: string;
  /** What chooses the same image again, for example "--variant V --arch A". */
  readonly imageFlags: string;
  /** What else the tests were run with, for example "--suites DIR"; often empty. */
  readonly testFlags: string;
}

/** All that someone needs who sees only the terminal: the error, the console, where the evidence is, how to repeat it. */
export function failureText(test: TestRecord, context: FailureContext): string {
  const evidence = context.vms.flatMap((vm) => vmText(vm, context.reportDirectory));
  const reproduce = isSuiteFile(test.file)
    ? [`reproduce: npm test -- ${words(choice(test.file), context.imageFlags, context.testFlags)}`]
    : [];
  const bootAgain =
    test.vms.length === 0
      ? []
      : [`boot the same image: npm run vm -- ${words(context.imageFlags)}`.trimEnd()];
  return [...test.failures.flatMap(errorText), ...evidence, ...reproduce, ...bootAgain]
    .flatMap((block) => plain(block).split('\n'))
    .map((line) => `        ${line}`.trimEnd())
    .join('\n');
}

function choice(file: string): string {
  return shellQuote(['--suite', withoutExtension(file)]);
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
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
  return [...console, `evidence: ${reportDirectory}/${vm.directory}/`, ...enter];
}
