import { execa } from 'execa';

import type { Gate } from './gate.ts';

/** These start QEMU, or the whole runner: `npm test` runs them, but a check before a commit should not wait for them. */
const SLOW_TESTS = '**/*.{e2e,qemu}.test.ts';

/** @param guestBridge the program that some of them talk to; without, those are skipped. */
export function unitTestGate(signal: AbortSignal, guestBridge: string | undefined): Gate {
  const command = ['vitest', 'run', '--reporter=dot', `--exclude=${SLOW_TESTS}`] as const;
  const env = guestBridge === undefined ? {} : { HOTFIRE_GUEST_BRIDGE: guestBridge };
  return commandGate('unit tests', command, signal, env);
}

/** The slowest first, so that the last one to end does not end alone. */
export function staticGates(signal: AbortSignal): Gate[] {
  return [
    commandGate('lint and layers', ['eslint', '.'], signal),
    commandGate('types', ['tsc', '--noEmit', '--project', '.'], signal),
    commandGate('format', ['prettier', '--check', '--log-level=warn', '.'], signal),
    commandGate('unused code', ['knip', '--no-progress'], signal),
  ];
}

/** A gate that fails when a program does, with what that printed. */
export function commandGate(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  cancelSignal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Gate {
  return {
    name,
    run: async () => {
      const options = {
        preferLocal: true,
        reject: false,
        all: true,
        stdin: 'ignore',
        env,
        cancelSignal,
      } as const;
      const { failed, all, shortMessage } = await execa(program, args, options);
      cancelSignal.throwIfAborted();
      return failed ? all || shortMessage : undefined;
    },
  };
}
