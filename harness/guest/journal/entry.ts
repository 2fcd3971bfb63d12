import { z } from 'zod';

/** Who wrote an entry, by the fields that journald sets itself and no sender can forge. */
export type JournalOrigin = 'kernel' | 'init' | 'program';

/** One entry as `journalctl --output=json` prints it; see systemd.journal-fields(7). */
export interface JournalEntry {
  readonly message: string;
  /** syslog's: 0 emergency to 7 debug; undefined when the sender gave none. */
  readonly priority: number | undefined;
  readonly unit: string | undefined;
  /** As the sender calls itself; see `origin` for who it is. */
  readonly identifier: string | undefined;
  readonly origin: JournalOrigin;
  readonly realtimeUs: number;
  readonly monotonicUs: number;
  readonly bootId: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

const microseconds = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);

const entrySchema = z
  .object({
    __REALTIME_TIMESTAMP: microseconds,
    __MONOTONIC_TIMESTAMP: microseconds,
    _BOOT_ID: z.string(),
  })
  .loose();

/** @returns undefined for what is not an entry: half a line after a reset, or malformed output. */
export function parseEntry(line: string): JournalEntry | undefined {
  const parsed = entrySchema.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const raw = parsed.data;
  const priority = Number(textOf(raw['PRIORITY']) ?? Number.NaN);
  return {
    message: textOf(raw['MESSAGE']) ?? '',
    priority: Number.isInteger(priority) && priority >= 0 && priority <= 7 ? priority : undefined,
    // UNIT is set by PID 1 when it speaks about a unit, _SYSTEMD_UNIT by journald for what a unit says itself.
    unit: textOf(raw['UNIT']) ?? textOf(raw['_SYSTEMD_UNIT']),
    identifier: textOf(raw['SYSLOG_IDENTIFIER']) ?? textOf(raw['_COMM']),
    origin: originOf(raw),
    realtimeUs: raw.__REALTIME_TIMESTAMP,
    monotonicUs: raw.__MONOTONIC_TIMESTAMP,
    bootId: raw._BOOT_ID,
    raw,
  };
}

/**
 * What programs write to /dev/kmsg comes by the kernel's transport too, but the kernel does not let them use its own
 * facility, 0 (devkmsg_write of kernel/printk/printk.c).
 */
function originOf(raw: Readonly<Record<string, unknown>>): JournalOrigin {
  if (textOf(raw['_TRANSPORT']) === 'kernel') {
    const facility = textOf(raw['SYSLOG_FACILITY']) ?? '0';
    if (facility === '0') return 'kernel';
    // journald takes over what programs logged there before it ran; only PID 1 calls itself so that early.
    return textOf(raw['SYSLOG_IDENTIFIER']) === 'systemd' && textOf(raw['SYSLOG_PID']) === '1'
      ? 'init'
      : 'program';
  }
  return textOf(raw['_PID']) === '1' ? 'init' : 'program';
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const bytesSchema = z.array(z.number().int().min(0).max(255));

/** A field is a string, or bytes that are not text, or an array of either when it was given more than once. */
function textOf(field: unknown): string | undefined {
  if (typeof field === 'string') return field;
  const bytes = bytesSchema.safeParse(field);
  if (bytes.success && bytes.data.length > 0) return Buffer.from(bytes.data).toString('utf8');
  return Array.isArray(field) ? textOf(field[0]) : undefined;
}
