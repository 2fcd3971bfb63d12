import { EXIT_CODES, HotfireError, messageOf, type ExitCode } from '../../harness/util/errors.ts';
import { exitCodeOf, isHostFault } from '../../harness/util/faults/host-fault.ts';
import { parseCommandLine, type Command, type Flag, type Invocation } from './command.ts';
import { helpText } from './help.ts';
import { Interruption } from './interruption.ts';

/**
 * The whole life of a command that leaves nothing to clean up: parses the arguments, answers --help, runs `main` and turns
 * what it returns or throws into the exit code of the process. SIGINT and SIGTERM end it at once, and its children with it.
 */
export async function runCommand<Flags extends Record<string, Flag>>(
  command: Command<Flags>,
  main: (invocation: Invocation<Flags>) => Promise<ExitCode>,
): Promise<void> {
  await runCleaningUp(command, (invocation, { signal }) => {
    signal.addEventListener('abort', () => process.exit(EXIT_CODES.interrupted));
    return main(invocation);
  });
}

/** The same for a command that has to end what it started: it gets the interruption, and ends by itself when it comes. */
export async function runCleaningUp<Flags extends Record<string, Flag>>(
  command: Command<Flags>,
  main: (invocation: Invocation<Flags>, interruption: Interruption) => Promise<ExitCode>,
): Promise<void> {
  const interruption = new Interruption();
  interruption.takeOver();
  surviveClosedOutput();
  process.on('uncaughtException', (error) => process.exit(failed(error, command, interruption)));
  try {
    const invocation = parseCommandLine(command, process.argv.slice(2));
    if (invocation.help) {
      process.stdout.write(helpText(command));
      return;
    }
    process.exitCode = await main(invocation, interruption);
  } catch (error) {
    process.exitCode = failed(error, command, interruption);
  }
}

/** Whoever reads may have seen enough, as head(1) does; the work and its exit code don't depend on it. */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Prints why, unless the user has ended it: what fails then has failed because of that. */
function failed(error: unknown, command: Pick<Command, 'usage'>, { signal }: Interruption): ExitCode {
  if (signal.aborted) return EXIT_CODES.interrupted;
  const code = exitCodeOf(error);
  process.stderr.write(`error: ${explain(error)}\n`);
  if (code === EXIT_CODES.wrongUse) process.stderr.write(`Usage: ${command.usage}\n`);
  return code;
}

/** A deliberate error speaks for itself; any other that is not the host's fault is a bug, for which the stack is what helps. */
function explain(error: unknown): string {
  if (error instanceof HotfireError) return error.message;
  if (isHostFault(error)) return `the host failed: ${messageOf(error)}`;
  return `a bug in Hotfire: ${error instanceof Error ? String(error.stack) : messageOf(error)}`;
}
