import type { VmRecord } from '../../../schema.ts';
import { html, joined, reportLink, type Html } from '../markup.ts';

/** Links to what a machine left. */
export function filesHtml({ directory, files }: VmRecord): Html {
  return files.length === 0
    ? html`no files`
    : joined(files.map((file) => html`${reportLink([directory, file], file)} `));
}
