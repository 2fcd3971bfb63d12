import { createReadStream } from 'node:fs';

import { LineReader } from '../../harness/guest/console/line-reader.ts';
import { Diagnosis } from '../../harness/guest/diagnosis/diagnosis.ts';
import type { Finding } from '../../harness/guest/diagnosis/finding.ts';
import { Speakers, utterancesOf } from '../../harness/guest/diagnosis/speaker.ts';
import { parseEntry } from '../../harness/guest/journal/entry.ts';
import { messageOf, UsageError } from '../../harness/util/errors.ts';

/** As much as the harness takes of an entry of a journal. */
const MAX_LINE_LENGTH = 1024 * 1024;

/**
 * What went wrong according to a console or a journal, of which lines are counted from 1. Reads it as it comes.
 *
 * @param file `-` is standard input.
 * @throws {UsageError} when it can't be read.
 */
export async function diagnoseLog(file: string): Promise<readonly Finding[]> {
  const log = new Log();
  const reader = new LineReader(() => 0, MAX_LINE_LENGTH);
  const stream: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const bytes of stream) for (const { text } of reader.push(bytes)) log.hear(text);
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${messageOf(error)}`, {
      hint: 'Name a file, or - for standard input.',
    });
  }
  log.hear(reader.unfinished()?.text ?? '');
  return log.findings;
}

/** Lines of a console and entries of a journal; which of the two a line is shows in itself. */
class Log {
  readonly #speakers = new Speakers();
  readonly #diagnosis = new Diagnosis();
  #line = 0;

  get findings(): readonly Finding[] {
    return this.#diagnosis.findings;
  }

  hear(line: string): void {
    this.#line += 1;
    const entry = line.startsWith('{') ? parseEntry(line) : undefined;
    const utterances = entry === undefined ? [this.#speakers.of(line)] : utterancesOf(entry);
    for (const utterance of utterances) this.#diagnosis.hear(utterance, this.#line);
  }
}
