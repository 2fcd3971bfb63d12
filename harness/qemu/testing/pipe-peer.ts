import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';

import { onTestFinished } from 'vitest';

import { makePipe } from '../pipe.ts';

/** QEMU's ends of a pipe, held by the test. */
export interface PipePeer {
  /** What the guest says. */
  readonly say: (text: string | Uint8Array) => void;
  /** What the guest gets. */
  readonly heard: Socket;
  /** As when QEMU dies. */
  readonly hangUp: () => void;
}

/** Makes the pipe and opens it as QEMU does: both ends of each, so that nothing waits for the other side. */
export async function pipePeer(path: string): Promise<PipePeer> {
  await makePipe(path);
  const both = constants.O_RDWR | constants.O_NONBLOCK;
  const said = new Socket({ fd: openSync(`${path}.out`, both), readable: false, writable: true });
  const heard = new Socket({ fd: openSync(`${path}.in`, both), readable: true, writable: false });
  const hangUp = (): void => {
    said.destroy();
    heard.destroy();
  };
  onTestFinished(hangUp);
  return { say: (text) => void said.write(text), heard, hangUp };
}
