import { basename, join } from 'node:path';

import { baseDirectory, isRunAlive } from '../../process/run-root.ts';
import { UsageError } from '../../util/errors.ts';
import { exists, namesIn } from '../../util/files/look.ts';
import { makePrivateDirectory } from '../../util/files/private-directory.ts';
import { CONTROL_SOCKET } from './protocol.ts';
import { TERMINAL_SOCKET } from './terminal.ts';

const RUN = /^run-[0-9a-f]{12}$/;

/** A machine of some run of this user that can be controlled. */
export interface RunningMachine {
  readonly name: string;
  readonly controlSocket: string;
  readonly terminalSocket: string;
}

/**
 * What runs that died have left is not among them.
 *
 * @throws {InfrastructureError} when the directory of all runs is another user's.
 */
export async function runningMachines(base = baseDirectory()): Promise<RunningMachine[]> {
  // In a temporary directory that all users share, another user could have made it, and listen there.
  makePrivateDirectory(base);
  const runs = (await namesIn(base)).filter((name) => RUN.test(name));
  const alive = await Promise.all(runs.map((run) => isRunAlive(run, base)));
  const living = runs.filter((_run, index) => alive[index]).map((run) => join(base, run));
  const inRuns = living.map(async (run) => (await namesIn(run)).map((name) => join(run, name)));
  const directories = (await Promise.all(inRuns)).flat();
  const controlled = await Promise.all(directories.map((path) => exists(join(path, CONTROL_SOCKET))));
  return directories
    .filter((_path, index) => controlled[index])
    .map((path) => ({
      name: basename(path),
      controlSocket: join(path, CONTROL_SOCKET),
      terminalSocket: join(path, TERMINAL_SOCKET),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * @param name undefined: the only one that runs.
 * @throws {UsageError} that says which there are.
 */
export async function findMachine(name: string | undefined, base = baseDirectory()): Promise<RunningMachine> {
  const machines = await runningMachines(base);
  const found = name === undefined ? machines : machines.filter((machine) => machine.name === name);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  const names = machines.map((machine) => machine.name).join(', ');
  const there = machines.length === 0 ? 'No machine runs that can be controlled' : `These run: ${names}`;
  const problem =
    name !== undefined ? `No machine "${name}" runs. ` : machines.length > 1 ? 'Which one? ' : '';
  throw new UsageError(`${problem}${there}.`, {
    hint: '`npm run vm` boots one; `npm run vm -- list` shows which there are.',
  });
}
