import { EXIT_CODES, exitCodeOf, HotfireError, type ExitCode } from '../../harness/util/errors.ts';
import { parseCommandLine, type Command, type Flag, type Invocation } from './command.ts';
import { helpText } from './help.ts';

/**
 * The whole life of a command: parses the arguments, answers --help, runs `main` and turns what it returns or throws
 * into the exit code of the process.
 */
export async function runCommand<Flags extends Record<string, Flag>>(
  command: Command<Flags>,
  main: (invocation: Invocation<Flags>) => Promise<ExitCode>,
): Promise<void> {
  try {
    const invocation = parseCommandLine(command, process.argv.slice(2));
    if (invocation.help) {
      process.stdout.write(helpText(command));
      return;
    }
    process.exitCode = await main(invocation);
  } catch (error) {
    printError(error);
    process.exitCode = exitCodeOf(error);
    if (process.exitCode === EXIT_CODES.wrongUse) process.stderr.write(`Usage: ${command.usage}\n`);
  }
}

/** A deliberate error speaks for itself; anything else is a bug, for which the stack is what helps. */
export function printError(error: unknown): void {
  if (error instanceof HotfireError) process.stderr.write(`error: ${error.message}\n`);
  else
    process.stderr.write(
      `error: a bug in Hotfire: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
}
