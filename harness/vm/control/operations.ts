import { z } from 'zod';

import type { ConsoleShell } from '../../guest/console/shell.ts';
import type { Image } from '../../image/open.ts';
import { shellQuote } from '../../process/shell-quote.ts';
import { QmpCommandError } from '../../qemu/qmp/errors.ts';
import { Deadline } from '../../util/deadline.ts';
import { UsageError } from '../../util/errors.ts';
import type { Connections } from '../connections.ts';
import type { VmDirectory } from '../directory/vm-directory.ts';
import { takeScreen } from '../last-look/screen.ts';
import type { Answered, RequestOf } from './protocol.ts';
import type { Operations } from './server.ts';

const QMP_MS = 10_000;
const statusSchema = z.object({ status: z.string() });

/** A machine that runs, and what its holder does with it when asked to. */
export interface Controlled {
  readonly directory: Pick<VmDirectory, 'file'>;
  readonly image: Pick<Image, 'path' | 'arch' | 'capabilities'>;
  /** Not guarded: a machine that has failed is looked at, too. */
  readonly connections: Pick<Connections, 'api' | 'agent' | 'qmp'>;
  /** What a person can type to reach it. */
  readonly uses: readonly string[];
  /** Resolves when it is off, or was let go. */
  stop(): Promise<void>;
  powerCut(): Promise<void>;
  login(): Promise<ConsoleShell>;
  /** @returns how many there are. */
  checkpoint(): Promise<number>;
  /** @returns the name of the machine that goes on from the last checkpoint. */
  fork(): Promise<string>;
}

export function operationsOn(machine: Controlled): Operations {
  return {
    about: () => about(machine),
    stop: async () => {
      await machine.stop();
      return {};
    },
    'power-cut': async () => {
      await machine.powerCut();
      return {};
    },
    api: (request) => callApi(machine, request),
    exec: (request) => exec(machine, request),
    screenshot: () => screenshot(machine),
    checkpoint: async () => ({ taken: await machine.checkpoint() }),
    fork: async () => ({ name: await machine.fork() }),
  };
}

async function about({ image, connections, uses }: Controlled): Promise<Answered<'about'>> {
  const deadline = Deadline.after(QMP_MS, "QEMU's status");
  const { status } = statusSchema.parse(await connections.qmp.execute('query-status', undefined, deadline));
  return { image: image.path, arch: image.arch, status, uses: [...uses] };
}

async function callApi(
  { connections }: Controlled,
  { method, path, body }: RequestOf<'api'>,
): Promise<Answered<'api'>> {
  const { pathname, searchParams } = new URL(path, 'http://guest');
  const query = Object.fromEntries(searchParams);
  if (Object.keys(query).length !== searchParams.size) {
    throw new UsageError(`${path} gives a parameter twice; give it once.`);
  }
  const answer = await connections.api.request({
    ...{ method, path: pathname, query },
    ...(body !== undefined && { body: jsonOr(body) }),
  });
  return { status: answer.status, body: answer.body.toString('base64') };
}

/** With its content type, if it is JSON. */
function jsonOr(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

async function exec(machine: Controlled, { argv, container }: RequestOf<'exec'>): Promise<Answered<'exec'>> {
  const { connections, image } = machine;
  const command = argv as [string, ...string[]];
  if (container !== undefined) {
    return { ...(await connections.api.exec.run(container, command)), errors: '' };
  }
  if (image.capabilities.has('agent')) {
    const { exitCode, stdout, stderr } = await connections.agent.exec(command);
    return { exitCode, output: stdout, errors: stderr };
  }
  if (image.capabilities.has('login')) {
    const shell = await machine.login();
    return { ...(await shell.run(shellQuote(command))), errors: '' };
  }
  throw new UsageError(`${image.path} has neither a guest agent nor a login on its console.`, {
    hint: 'Name a host container: exec NAME --container CONTAINER -- COMMAND.',
  });
}

async function screenshot({ connections, directory }: Controlled): Promise<Answered<'screenshot'>> {
  try {
    const png = await takeScreen(connections.qmp, directory.file('screenshot.png'));
    return { png: png.toString('base64') };
  } catch (error) {
    if (!(error instanceof QmpCommandError)) throw error;
    throw new UsageError(`QEMU takes no picture: ${error.message}`, {
      cause: error,
      hint: 'Boot the machine with --display; without it, there is the serial console only.',
    });
  }
}
