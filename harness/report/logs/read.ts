import { join } from 'node:path';

import { groupBy } from '../../util/group.ts';
import { SCREEN_FILE } from '../../vm/last-look/screen.ts';
import type { LifeRecord } from '../life.ts';
import type { RunReport } from '../schema.ts';
import { consoleLog } from './console.ts';
import { readExcerpt, type Excerpt } from './excerpt.ts';
import { journalLog, type Presence } from './journal.ts';
import type { Log } from './line.ts';
import { readScreen } from './screen.ts';

/** Of a console's log. */
const CONSOLE_BYTES = 2 * 2 ** 20;
/** Of a journal, of which a third or less is messages. */
const JOURNAL_BYTES = 4 * 2 ** 20;
/** Of a screen: one full of text has some 30 KiB. */
const SCREEN_BYTES = 2 ** 19;
/** Of all logs of a run together, so that a browser opens its page at once; those of later machines are cut short. */
const RUN_BYTES = 24 * 2 ** 20;
/** What every log may have, however many there are. */
const LEAST_BYTES = 16 * 2 ** 10;

export interface MachineLogs {
  /** Null when the machine left none. */
  readonly console: Log | null;
  readonly journal: Log | null;
  /** A PNG of its screen; null when the machine left none that a page can bear. */
  readonly screen: Buffer | null;
}

export const NO_LOGS: MachineLogs = { console: null, journal: null, screen: null };

/**
 * What the machines of a run left to be shown, by the machine's name; long logs by their beginning and end.
 *
 * @param directory that of the report.
 */
export async function readLogs(
  report: Pick<RunReport, 'vms' | 'lives' | 'startedAt' | 'durationMs'>,
  directory: string,
): Promise<ReadonlyMap<string, MachineLogs>> {
  const lives = groupBy(report.lives, ({ vm }) => vm);
  const logs = new Map<string, MachineLogs>();
  let leftBytes = RUN_BYTES;
  for (const vm of report.vms) {
    const own = lives.get(vm.id) ?? [];
    const read = async <T>(
      name: string,
      maxBytes: number,
      parse: (excerpt: Excerpt) => T,
    ): Promise<T | null> => {
      if (!vm.files.includes(name)) return null;
      const allowedBytes = Math.max(LEAST_BYTES, Math.min(maxBytes, leftBytes));
      const excerpt = await readExcerpt(join(directory, vm.directory, name), allowedBytes);
      if (excerpt === undefined) return null;
      leftBytes -= excerpt.head.length + excerpt.tail.length;
      return parse(excerpt);
    };
    const screen = vm.files.includes(SCREEN_FILE)
      ? await readScreen(join(directory, vm.directory, SCREEN_FILE), Math.min(SCREEN_BYTES, leftBytes))
      : undefined;
    leftBytes -= screen?.length ?? 0;
    logs.set(vm.id, {
      screen: screen ?? null,
      console: await read('console.log', CONSOLE_BYTES, (excerpt) => consoleLog(excerpt, own)),
      journal: await read('journal.jsonl', JOURNAL_BYTES, (excerpt) =>
        journalLog(excerpt, presenceOf(own, report)),
      ),
    });
  }
  return logs;
}

function presenceOf(
  [first]: readonly LifeRecord[],
  { startedAt, durationMs }: Pick<RunReport, 'startedAt' | 'durationMs'>,
): Presence | null {
  if (first === undefined) return null;
  const startMs = Date.parse(startedAt);
  return { fromMs: startMs + first.startMs, toMs: startMs + durationMs };
}
