import { inspect } from 'node:util';

import { propertyOf } from './faults/causes.ts';

/**
 * Whose fault a failure is decides who acts on it, whether it is retried and how the run exits. Every error that
 * Hotfire raises on purpose is one of these; anything else is a bug in Hotfire.
 */
export const EXIT_CODES = {
  passed: 0,
  testFailed: 1,
  /** EX_USAGE of sysexits.h. */
  wrongUse: 64,
  /** EX_UNAVAILABLE of sysexits.h: the infrastructure failed, not the image. */
  infrastructure: 69,
  /** 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

export interface HotfireErrorOptions extends ErrorOptions {
  /** One sentence on how to fix it. */
  readonly hint?: string;
}

/** Base of all deliberate errors: `message` says what was wrong and what is allowed, `hint` how to fix it. */
export abstract class HotfireError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: HotfireErrorOptions = {}) {
    super(options.hint === undefined ? message : `${message}\n  ${options.hint}`, options);
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The caller asked for something that can't be: an unknown flag, suite, variant; a broken variant file. */
export class UsageError extends HotfireError {
  readonly exitCode = EXIT_CODES.wrongUse;
}

/** The host could not give what the run needs: QEMU, firmware, memory, disk, a mirror. Never the image's fault. */
export class InfrastructureError extends HotfireError {
  readonly exitCode = EXIT_CODES.infrastructure;
}

/** The image, or the system that it started, broke a promise. */
export class ImageError extends HotfireError {
  readonly exitCode = EXIT_CODES.testFailed;
}

/** A wait ended at its deadline. Which layer waited decides the fault, so this is the image's unless wrapped. */
export class WaitTimeoutError extends ImageError {
  readonly waitedFor: string;
  readonly timeoutMs: number;

  constructor(
    waitedFor: string,
    timeoutMs: number,
    lastSeen: string | undefined,
    options?: HotfireErrorOptions,
  ) {
    const seen = lastSeen === undefined || lastSeen === '' ? '' : `\nLast seen: ${lastSeen}`;
    super(`Timed out after ${timeoutMs} ms waiting for ${waitedFor}.${seen}`, options);
    this.waitedFor = waitedFor;
    this.timeoutMs = timeoutMs;
  }
}

/** The message of anything that can be thrown: also of an error that came as a plain object, and of what has no text form. */
export function messageOf(error: unknown): string {
  const message = propertyOf(error, 'message');
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : inspected(error);
}

/** Some values throw when they are turned into text, such as an object without prototype and a hostile getter. */
function inspected(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: Infinity });
  } catch {
    return `a value of type ${typeof value}`;
  }
}
