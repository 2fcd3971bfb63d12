import type { ReadStream } from 'node:tty';

import type { Console } from '../../harness/guest/console/console.ts';
import { deferred } from '../../harness/util/deferred.ts';

/** Ctrl-], as telnet has it: no program in a guest needs it. */
const LEAVE_KEY = 0x1d;

export interface Attachment extends Disposable {
  /** Resolves when the user asks to leave; asked again, resolves `leftAgain`. */
  readonly left: Promise<undefined>;
  readonly leftAgain: Promise<undefined>;
}

export interface Terminal {
  readonly input: Pick<ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'pause' | 'resume'>;
  readonly output: { write(bytes: Uint8Array): unknown };
}

/** Shows a machine's console, and types into it what the user types, if this is a terminal. */
export function attach(console: Pick<Console, 'events' | 'send'>, { input, output }: Terminal): Attachment {
  const left = deferred<undefined>();
  const leftAgain = deferred<undefined>();
  let asked = false;
  const onBytes = console.events.on('bytes', (bytes) => {
    output.write(bytes);
  });
  const onKeys = (keys: Buffer): void => {
    const leave = keys.indexOf(LEAVE_KEY);
    if (leave === -1) {
      console.send(keys);
    } else {
      (asked ? leftAgain : left).resolve(undefined);
      asked = true;
    }
  };
  if (input.isTTY) {
    input.setRawMode(true);
    input.on('data', onKeys);
    input.resume();
  }
  return {
    left: left.promise,
    leftAgain: leftAgain.promise,
    [Symbol.dispose]: () => {
      onBytes();
      if (!input.isTTY) return;
      input.off('data', onKeys);
      input.setRawMode(false);
      input.pause();
    },
  };
}
