import { EXIT_CODES, UsageError } from '../harness/util/errors.ts';
import { defineCommand } from './cli/command.ts';
import { runCommand } from './cli/run.ts';
import { diagnoseLog } from './diagnose/log.ts';
import { openSymbols } from './diagnose/symbols.ts';
import { isBad, renderJson, renderText, renderWithSource } from './diagnose/render.ts';

const command = defineCommand({
  usage: 'npm run diagnose -- [--json | --symbols VMLINUX] FILE...',
  summary:
    'Says what went wrong in consoles and journals of Linux machines. Exit code 1: a failure or worse; 0: notes and soft failures at most.',
  positionals: {
    value: 'FILE',
    help: 'A console, or a journal as `journalctl --output=json` prints it; - reads standard input.',
  },
  flags: {
    json: { help: 'Prints the findings as JSON, one line a file.' },
    symbols: {
      value: 'VMLINUX',
      help: 'The kernel that wrote FILE, with its debug information: reports are printed whole, with file and line of each step. `npm run image -- --symbols` makes the one of images built here.',
    },
  },
});

await runCommand(command, async ({ flags, positionals: files }) => {
  if (files.length === 0) {
    throw new UsageError('No file is given; name at least one console or journal, or - for standard input.');
  }
  if (files.filter((file) => file === '-').length > 1) {
    throw new UsageError('Standard input (-) is given twice; it can be read once.');
  }
  if (flags.json && flags.symbols !== undefined) {
    throw new UsageError('--json and --symbols exclude each other; leave one of them out.');
  }
  const source = flags.symbols === undefined ? undefined : await openSymbols(flags.symbols);
  let bad = false;
  for (const file of files) {
    const findings = await diagnoseLog(file);
    if (source !== undefined) process.stdout.write(await renderWithSource(file, findings, source));
    else process.stdout.write((flags.json ? renderJson : renderText)(file, findings));
    bad ||= isBad(findings);
  }
  return bad ? EXIT_CODES.testFailed : EXIT_CODES.passed;
});
