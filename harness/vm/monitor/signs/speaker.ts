import type { JournalOrigin } from '../../../guest/journal/entry.ts';

/** Who wrote a line of a console or an entry of the journal: 'unknown' where the console does not show it. */
export type Speaker = JournalOrigin | 'unknown';

export interface Utterance {
  readonly speaker: Speaker;
  /** The line, for the kernel's own without what printk puts before it. */
  readonly text: string;
}

/** What printk puts before a message: its time, and with CONFIG_PRINTK_CALLER the thread or CPU. */
const PRINTK = /\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? */;
/**
 * How programs that log to /dev/kmsg begin, and how the kernel begins when it speaks of a program: both are followed by
 * what the program chose, its name included (TASK_COMM_LEN allows 15 bytes of anything).
 */
const PROGRAM = /^(.{1,32}?)\[(\d+)\]: /;
/** systemd's own status lines, which it writes to the console itself. */
const STATUS = /^\[ *(?:OK|FAILED|DEPEND|TIME|INFO|WARN) *\] |^You are in emergency mode/;

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
    if (prefix === null) return { speaker: this.#ofPlain(line), text: line };
    this.#hasTimes = true;
    // A message of the kernel may come behind a prompt that has no end of line.
    const text = line.slice(prefix.index + prefix[0].length);
    const [, name, pid] = PROGRAM.exec(text) ?? [];
    if (name === undefined) return { speaker: 'kernel', text };
    return { speaker: name === 'systemd' && pid === '1' ? 'init' : 'program', text };
  }

  #ofPlain(line: string): Speaker {
    if (STATUS.test(line)) return 'init';
    return this.#hasTimes ? 'program' : 'unknown';
  }
}
