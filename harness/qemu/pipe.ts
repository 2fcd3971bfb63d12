import { constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';

import { runHostTool } from '../process/host-tool.ts';
import { InfrastructureError, messageOf } from '../util/errors.ts';

/** The harness's ends of a port of the guest. */
export interface PipeEnds {
  readonly fromGuest: Socket;
  readonly toGuest: Socket;
}

/**
 * Makes the two named pipes of QEMU's chardev `pipe`. A serial port waits for nobody: what QEMU can't hand over at once is
 * lost. It hands over bytes one by one, of which a unix socket takes 278, and a pipe 65,536.
 */
export async function makePipe(path: string): Promise<void> {
  const both = Object.values(names(path));
  for (const name of both) await rm(name, { force: true });
  await runHostTool('mkfifo', ['--mode=600', ...both]);
}

/** @throws {InfrastructureError} when QEMU has not opened its ends. */
export function openPipe(path: string): PipeEnds {
  const { fromGuest, toGuest } = names(path);
  try {
    return {
      // QEMU holds both ends of each, so none of this waits, and the end of QEMU is the end of what it says.
      fromGuest: end(fromGuest, constants.O_RDONLY),
      toGuest: end(toGuest, constants.O_WRONLY),
    };
  } catch (error) {
    throw new InfrastructureError(`Can't open QEMU's pipe ${path}: ${messageOf(error)}.`, {
      cause: error,
      hint: 'See whether QEMU is running and what it wrote to its log.',
    });
  }
}

function end(path: string, access: number): Socket {
  const fd = openSync(path, access | constants.O_NONBLOCK);
  const reads = access === constants.O_RDONLY;
  return new Socket({ fd, readable: reads, writable: !reads });
}

function names(path: string): { fromGuest: string; toGuest: string } {
  return { fromGuest: `${path}.out`, toGuest: `${path}.in` };
}
