import { start } from 'node:repl';

import { deferred } from '../../harness/util/deferred.ts';
import { Deadline } from '../../harness/util/deadline.ts';
import type { Vm } from '../../harness/vm/vm.ts';
import type { Attachment } from './attach.ts';

/**
 * A prompt for JavaScript with the objects that tests have: `vm`, `api` and `Deadline`; `await` works, Tab completes. What is
 * typed is kept in memory only.
 */
export function enterRepl(vm: Vm): Attachment {
  const left = deferred<undefined>();
  // The objects are of this realm, and so must be what is handed to them.
  const repl = start({ prompt: `${vm.id}> `, useGlobal: true, preview: false });
  const names = { vm, api: vm.api, Deadline };
  for (const [name, value] of Object.entries(names)) {
    // Node has a module called "vm" there.
    Object.defineProperty(repl.context, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  repl.on('exit', () => {
    left.resolve(undefined);
  });
  return {
    left: left.promise,
    // Ctrl-C ends the waiting, once the prompt is gone.
    leftAgain: new Promise(() => undefined),
    [Symbol.dispose]: () => {
      repl.close();
      // A line that still awaits something makes the prompt read again when it is done, which would hold the process up.
      process.stdin.destroy();
    },
  };
}
