import type { Log } from '../../../logs/line.ts';
import type { Machine } from '../context.ts';
import { dataIsland, html, NOTHING, reportLink, type Html } from '../markup.ts';

/** Console and journal beside each other. Until the page's script shows all of them there are the last lines. */
export function logsHtml({ vm, logs }: Pick<Machine, 'vm' | 'logs'>): Html {
  const place = (file: string): Html => reportLink([vm.directory, file], file);
  return html`<div class="logs">
    ${logHtml('console', `Console of ${vm.id}`, logs.console, vm.consoleTail, place('console.log'))}
    ${logHtml('journal', `Journal of ${vm.id}`, logs.journal, tailOf(logs.journal), place('journal.jsonl'))}
    ${dataIsland('log-data', { console: compact(logs.console), journal: compact(logs.journal) })}
  </div>`;
}

const TAIL_LINES = 40;

function tailOf(log: Log | null): string[] {
  return log === null ? [] : log.lines.slice(-TAIL_LINES).map(({ text }) => text);
}

function logHtml(
  kind: 'console' | 'journal',
  title: string,
  log: Log | null,
  tail: readonly string[],
  file: Html,
): Html {
  if (log === null && tail.length === 0) return NOTHING;
  const gap =
    log?.gap == null
      ? NOTHING
      : html`<p class="dim">The middle is left out, ${log.gap.bytes} bytes; all of it is in ${file}.</p>`;
  return html`<div>
    <h4>${title}</h4>
    ${gap}
    <div class="log" data-log="${kind}" role="group" aria-label="${title}" tabindex="0">
      <pre>${tail.join('\n')}</pre>
    </div>
  </div>`;
}

/** Times and texts, which are read by script/logs.js. */
function compact(log: Log | null): readonly (readonly [number | null, string])[] {
  if (log === null) return [];
  const lines = log.lines.map(({ atMs, text }): [number | null, string] => [atMs, text]);
  if (log.gap !== null) lines.splice(log.gap.before, 0, [null, `… ${log.gap.bytes} bytes are left out …`]);
  return lines;
}
