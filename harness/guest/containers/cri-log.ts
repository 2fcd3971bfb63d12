import { ImageError } from '../../util/errors.ts';
import type { LogLine } from './containers.ts';

/** Time, stream, whether the line ends here (F) or goes on in the next one (P), and the text. */
const LINE = /^\S+ (?<stream>stdout|stderr) (?<tag>[FP]) (?<text>.*)$/s;

/**
 * Reads a log file as runtimes of CRI write it. Lines of the two streams may be mixed; each keeps its order.
 *
 * @throws {ImageError} for a line that is none of CRI's.
 */
export function parseCriLog(file: string): LogLine[] {
  const lines: LogLine[] = [];
  const begun = { stdout: '', stderr: '' };
  for (const line of file.split('\n').slice(0, -1)) {
    const { stream, tag, text = '' } = LINE.exec(line)?.groups ?? {};
    if (stream !== 'stdout' && stream !== 'stderr') {
      throw new ImageError(`A container's log has a line that is not CRI's: ${line.slice(0, 200)}`);
    }
    begun[stream] += text;
    if (tag === 'P') continue;
    lines.push({ stream, text: begun[stream] });
    begun[stream] = '';
  }
  return lines;
}
