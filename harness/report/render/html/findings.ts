import { groupBy } from '../../../util/group.ts';
import type { LifeRecord } from '../../life.ts';
import type { PageContext } from './context.ts';
import { html, joined, NOTHING, type Html } from './markup.ts';

type Severity = LifeRecord['findings'][number]['severity'];

const SEVERITIES: readonly Severity[] = ['fatal', 'failure', 'soft-failure', 'note'];
/** More names would hide the next finding. */
const NAMED_MACHINES = 12;

/** What consoles, journals and QEMU showed to have gone wrong, by its title, the worst first. */
export function findingsHtml(context: PageContext): Html {
  const found = context.report.lives.flatMap((life) => life.findings.map((finding) => ({ life, finding })));
  if (found.length === 0) return NOTHING;
  const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
  const groups = [...groupBy(found, ({ finding }) => finding.title)]
    .map(([title, all]) => ({
      title,
      all,
      worst: Math.min(...all.map(({ finding }) => rank(finding.severity))),
    }))
    .sort((a, b) => a.worst - b.worst || b.all.length - a.all.length);
  const rows = groups.map(({ title, all, worst }) => {
    const [first] = all;
    const machines = [...new Set(all.map(({ life }) => life.vm))];
    const provoked = all.filter(({ life }) => life.failureExpected).length;
    const said = html`<span class="said">${first?.finding.text ?? ''}</span>${traceHtml(all)}`;
    return html`<tr>
      <td class="severity">${SEVERITIES[worst] ?? ''}</td>
      <th scope="row">${title}${said}</th>
      <td data-label="machines">
        ${machines.length}${provoked === 0 ? '' : ` (${provoked} provoked by tests)`}
      </td>
      <td>
        ${joined(machines.slice(0, NAMED_MACHINES).map((id) => html`${machineLink(id, context)} `))}
        ${machines.length > NAMED_MACHINES ? `and ${machines.length - NAMED_MACHINES} more` : ''}
      </td>
    </tr> `;
  });
  return html`<table class="findings">
    <thead>
      <tr>
        <th scope="col">Severity</th>
        <th scope="col">Finding</th>
        <th scope="col">Machines</th>
        <th scope="col">Which</th>
      </tr>
    </thead>
    <tbody>
      ${joined(rows)}
    </tbody>
  </table>`;
}

/** Of the machines that show the same, the first that left evidence. */
function traceHtml(found: readonly { readonly finding: LifeRecord['findings'][number] }[]): Html {
  const trace = found.find(({ finding }) => finding.trace !== undefined)?.finding.trace;
  if (trace === undefined) return NOTHING;
  return html`<details class="trace">
    <summary>report (${trace.length} lines)</summary>
    <pre tabindex="0">${trace.join('\n')}</pre>
  </details>`;
}

export function machineLink(id: string, { machines }: Pick<PageContext, 'machines'>): Html {
  const machine = machines.get(id);
  return machine === undefined ? html`${id}` : html`<a href="#${machine.anchor}">${id}</a>`;
}
