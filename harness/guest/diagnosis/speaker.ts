import type { JournalEntry, JournalOrigin } from '../journal/entry.ts';

/** Who wrote a line of a console or an entry of the journal: 'unknown' where the console does not show it. */
export type Speaker = JournalOrigin | 'unknown';

export interface Utterance {
  readonly speaker: Speaker;
  /** The line, for the kernel's own without what printk puts before it. */
  readonly text: string;
  /** The thread or CPU that printed it (CONFIG_PRINTK_CALLER): what distinguishes reports that come at the same time. */
  readonly caller?: string | undefined;
  /** The guest's clock. */
  readonly seconds?: number | undefined;
}

/** What printk puts before a message: its time, and with CONFIG_PRINTK_CALLER the thread or CPU. */
const PRINTK = /\[ *(\d+\.\d{6})\](?:\[ *([TC]\d+)\])? */;
/** The level of a message as /proc/kmsg shows it, and how journalctl and syslog files name the kernel. */
const LEVEL = /^<\d{1,3}>/;
const SYSLOG = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ kernel: /;
/**
 * How programs that log to /dev/kmsg begin, and how the kernel begins when it speaks of a program: both are followed by
 * what the program chose, its name included (TASK_COMM_LEN allows 15 bytes of anything).
 */
const PROGRAM = /^(.{1,32}?)\[(\d+)\]: /;
/** systemd's own status lines, which it writes to the console itself. */
const STATUS = /^\[ *(?:OK|FAILED|DEPEND|TIME|INFO|WARN) *\] |^You are in emergency mode/;

const MAX_ENTRY_LINES = 1000;

/**
 * Distinguishes on a serial console what the kernel and the first process say from what they let others say: a login
 * banner, a host's name, the output of a container. What imitates printk to the letter can't be recognised there.
 */
export class Speakers {
  #hasTimes = false;

  /** Another boot, perhaps of a kernel that prints no times. */
  reset(): void {
    this.#hasTimes = false;
  }

  of(line: string): Utterance {
    const prefix = PRINTK.exec(line);
    if (prefix === null) return this.#ofPlain(line.replace(LEVEL, ''));
    this.#hasTimes = true;
    // A message of the kernel may come behind a prompt that has no end of line.
    const text = line.slice(prefix.index + prefix[0].length);
    const printed = { text, caller: prefix[2], seconds: Number(prefix[1]) };
    const [, name, pid] = PROGRAM.exec(text) ?? [];
    if (name === undefined) return { speaker: 'kernel', ...printed };
    return { speaker: name === 'systemd' && pid === '1' ? 'init' : 'program', ...printed };
  }

  #ofPlain(line: string): Utterance {
    if (STATUS.test(line)) return { speaker: 'init', text: line };
    return { speaker: this.#hasTimes ? 'program' : 'unknown', text: line.replace(SYSLOG, '') };
  }
}

/** What an entry of the journal says, line by line: the kernel prints several at once at times. */
export function utterancesOf({ origin, message, monotonicUs }: JournalEntry): Utterance[] {
  const seconds = monotonicUs / 1_000_000;
  return message.split('\n', MAX_ENTRY_LINES).map((text) => ({ speaker: origin, text, seconds }));
}
