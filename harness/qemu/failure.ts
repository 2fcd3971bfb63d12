import { ImageError, InfrastructureError, type HotfireError } from '../util/errors.ts';

export interface QemuExit {
  /** Undefined if a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Hotfire itself ended it. */
  readonly intended: boolean;
  readonly stderrTail: string;
}

interface Diagnosis {
  readonly pattern: RegExp;
  readonly hint: string;
}

/** What QEMU says on stderr → how to fix it. The first that matches wins. */
const DIAGNOSES: readonly Diagnosis[] = [
  {
    pattern: /Could not set up host forwarding rule/,
    hint: 'Another process holds that port: choose another one, or end the process (`ss -lptn` shows it).',
  },
  {
    pattern: /Cannot allocate memory/,
    hint: 'The host has too little free memory: end other machines, or give this one less.',
  },
  {
    pattern: /No space left on device/,
    hint: 'The disk with the run directory is full: free some space, or point TMPDIR to a larger disk.',
  },
  {
    pattern: /Failed to get (?:shared )?"(?:write|consistent read|resize)" lock/,
    hint: 'Another QEMU uses that disk: end it first, or boot an overlay of your own.',
  },
  {
    pattern: /UNIX socket path '.*' is too long/,
    hint: 'Unix socket paths end at 107 bytes: point TMPDIR to a directory with a shorter path.',
  },
  {
    pattern: /Permission denied/,
    hint: 'Give this user access to the file that QEMU names.',
  },
  {
    pattern: /is not a valid device model name|[Ii]nvalid parameter|Property '.*' not found|-sandbox: /,
    hint: "This build of QEMU lacks a device or option that Hotfire needs: use the distribution's own package.",
  },
];

/**
 * Why QEMU ended: an InfrastructureError, or an ImageError where the image switched its machine off.
 *
 * @param during completes the sentence "QEMU ended …", for example "before its QMP answered".
 */
export function exitFailure(exit: QemuExit, during: string): HotfireError {
  const stderr = exit.stderrTail === '' ? '' : `\nQEMU said:\n${exit.stderrTail}`;
  if (exit.signal === 'SIGKILL' && !exit.intended) {
    return new InfrastructureError(`QEMU was killed (SIGKILL) from outside ${during}.${stderr}`, {
      hint: "Most likely the host ran out of memory (`dmesg | grep -i 'out of memory'` shows it); give it more, or run less at once.",
    });
  }
  if (exit.signal !== undefined) {
    return new InfrastructureError(`QEMU was ended by ${exit.signal} ${during}.${stderr}`);
  }
  if (exit.code === 0) return new ImageError(`The machine switched itself off ${during}.${stderr}`);
  const hint = DIAGNOSES.find(({ pattern }) => pattern.test(exit.stderrTail))?.hint;
  return new InfrastructureError(
    `QEMU ended with code ${exit.code ?? 'none'} ${during}.${stderr}`,
    hint === undefined ? {} : { hint },
  );
}
