import { UsageError } from '../util/errors.ts';
import type { Capability } from './capabilities.ts';
import type { Milestone } from './milestones.ts';

/** How a booted machine shows that it is ready; of several ways the first one counts. */
export interface ReadyMarks {
  /** The host API answers through the bridge. */
  readonly hostApi?: boolean;
  /** QEMU's guest agent answers. */
  readonly agent?: boolean;
  /** A line of the serial console, finished or not, matches. */
  readonly console?: RegExp;
  /** How long that may take under KVM on the reference host, from power-on. */
  readonly withinMs: number;
}

export interface Login {
  readonly user: string;
  readonly password?: string;
}

/** What one kind of OS promises, and how the harness deals with it: plain data. */
export interface OsProfile {
  /** In reports: "bottlerocket", "generic", or the name that a profile file gives. */
  readonly name: string;
  readonly ready: ReadyMarks;
  /** How lines of the console show milestones of the boot, in the order in which they are tried. */
  readonly timeline: readonly ConsoleMark[];
  /** What can be asked of the OS beyond what its disk shows. */
  readonly capabilities: readonly Capability[];
  /** For the serial console. */
  readonly login?: Login;
  /** How long it may take to switch itself off after its power button was pressed, as `ready.withinMs`. */
  readonly shutdownWithinMs: number;
  /** Lines of the console that look like a crash and are none. */
  readonly harmless: readonly RegExp[];
  /** What its machines have unless a test asks for something else. */
  readonly machine: { readonly cpus?: number; readonly memoryMiB?: number };
}

export type ConsoleMark = readonly [Milestone, RegExp];

/** @throws {UsageError} when the profile names no user. */
export function loginOf({ name, login }: OsProfile): Login {
  if (login !== undefined) return login;
  throw new UsageError(`The profile "${name}" names no user to log in as.`, {
    hint: 'Give [login] with `user` and `password` in hotfire.toml.',
  });
}
