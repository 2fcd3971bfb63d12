import { writeFile } from 'node:fs/promises';

import { ask } from '../../../harness/vm/control/client.ts';
import type { RequestOf } from '../../../harness/vm/control/protocol.ts';
import { findMachine, runningMachines, type RunningMachine } from '../../../harness/vm/control/find.ts';
import { EXIT_CODES, messageOf, UsageError, type ExitCode } from '../../../harness/util/errors.ts';
import { isPng } from '../../../harness/util/files/png.ts';
import type { Invocation } from '../../cli/command.ts';
import { enterConsole } from './console.ts';
import { isMethod, parseAction, type ParsedAction } from './parse.ts';
import type { VM_COMMAND } from '../command.ts';

const ABOUT_MS = 3000;

/** Does something with a machine that another process holds. @throws {HotfireError} */
export async function runAction(
  { positionals, afterTerminator, flags }: Invocation<(typeof VM_COMMAND)['flags']>,
  signal: AbortSignal,
): Promise<ExitCode> {
  const parsed = parseAction(positionals, afterTerminator);
  const { container, ...boot } = flags;
  const given = Object.entries(boot).find(([, value]) => value !== undefined && value !== false);
  if (given !== undefined) {
    throw new UsageError(`--${given[0]} is for booting a machine; ${parsed.action} takes one that runs.`);
  }
  if (container !== undefined && parsed.action !== 'exec') {
    throw new UsageError(`--container goes with exec, not with ${parsed.action}.`);
  }
  if (parsed.action === 'list') return list();
  const machine = await findMachine(parsed.machine);
  return act(machine, parsed, { container, signal });
}

async function list(): Promise<ExitCode> {
  const machines = await runningMachines();
  const lines = await Promise.all(
    machines.map(async ({ name, controlSocket }) => {
      const about = await ask(controlSocket, { op: 'about' }, { timeoutMs: ABOUT_MS }).catch(messageOf);
      const words = typeof about === 'string' ? [about] : [about.status, about.arch, about.image];
      return [name, ...words].join('  ');
    }),
  );
  for (const line of lines) print(line);
  if (lines.length === 0) print('No machine runs that can be controlled.');
  return EXIT_CODES.passed;
}

interface ActOptions {
  readonly container: string | undefined;
  readonly signal: AbortSignal;
}

async function act(
  { name, controlSocket, terminalSocket }: RunningMachine,
  { action, words, command }: ParsedAction,
  { container, signal }: ActOptions,
): Promise<ExitCode> {
  switch (action) {
    case 'list':
      break;
    case 'console':
      await enterConsole(name, terminalSocket, signal);
      break;
    case 'stop':
    case 'power-cut':
      await ask(controlSocket, { op: action });
      print(action === 'stop' ? `${name} is stopped.` : `${name} has lost its power.`);
      break;
    case 'checkpoint':
      print(`checkpoints of ${name}: ${(await ask(controlSocket, { op: 'checkpoint' })).taken}`);
      break;
    case 'fork':
      print((await ask(controlSocket, { op: 'fork' })).name);
      break;
    case 'screenshot':
      await savePicture(controlSocket, words[0] ?? '');
      break;
    case 'api':
      return callApi(controlSocket, words);
    case 'exec':
      return exec(controlSocket, command, container);
  }
  return EXIT_CODES.passed;
}

async function savePicture(socket: string, file: string): Promise<void> {
  if (!file.endsWith('.png')) throw new UsageError(`A screenshot is a PNG; "${file}" must end with .png.`);
  const { png } = await ask(socket, { op: 'screenshot' });
  if (!isPng(png)) throw new Error('What QEMU took is no PNG.');
  try {
    await writeFile(file, png);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${messageOf(error)}.`, { cause: error });
  }
}

async function callApi(socket: string, [method = '', path = '', body]: readonly string[]): Promise<ExitCode> {
  if (!isMethod(method)) throw new UsageError(`"${method}" is no method.`);
  const call = { method, path, ...(body !== undefined && { body }) };
  const answer = await ask(socket, { op: 'api', ...call });
  process.stdout.write(answer.body);
  if (answer.body.length > 0 && answer.body.at(-1) !== 0x0a) process.stdout.write('\n');
  if (answer.status >= 200 && answer.status < 300) return EXIT_CODES.passed;
  process.stderr.write(`${method} ${path} answered with status ${answer.status}.\n`);
  return EXIT_CODES.testFailed;
}

async function exec(
  socket: string,
  argv: readonly string[],
  container: string | undefined,
): Promise<ExitCode> {
  const request: RequestOf<'exec'> = {
    op: 'exec',
    argv: [...argv],
    ...(container !== undefined && { container }),
  };
  const { exitCode, output, errors } = await ask(socket, request);
  process.stdout.write(output);
  process.stderr.write(errors);
  if (exitCode === 0) return EXIT_CODES.passed;
  process.stderr.write(`\nThe command ended with exit code ${exitCode}.\n`);
  return EXIT_CODES.testFailed;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
