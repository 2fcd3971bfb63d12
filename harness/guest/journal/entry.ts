import { z } from 'zod';

/** One entry as `journalctl --output=json` prints it; see systemd.journal-fields(7). */
export interface JournalEntry {
  readonly message: string;
  /** syslog's: 0 emergency to 7 debug; undefined when the sender gave none. */
  readonly priority: number | undefined;
  readonly unit: string | undefined;
  readonly identifier: string | undefined;
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
    realtimeUs: raw.__REALTIME_TIMESTAMP,
    monotonicUs: raw.__MONOTONIC_TIMESTAMP,
    bootId: raw._BOOT_ID,
    raw,
  };
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
