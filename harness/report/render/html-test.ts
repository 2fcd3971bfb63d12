import { quarantineText } from '../quarantine/apply.ts';
import { html, joined, type Html } from './html-text.ts';
import type { RunReport, StepRecord, TestRecord, VmRecord } from '../schema.ts';
import { duration, measurementText } from './text.ts';

/** One test as a line that opens: what failed, its steps, what it measured, its machines. */
export function testHtml(test: TestRecord, report: RunReport): Html {
  const vms = report.vms.filter(({ id }) => test.vms.includes(id));
  const parts = [
    test.skipReason === null ? html`` : html`<p>Skipped: ${test.skipReason}</p>`,
    test.quarantine === null ? html`` : html`<p>Failed, but ${quarantineText(test.quarantine)}</p>`,
    ...test.failures.map(
      (failure) =>
        html`${failure.infrastructure ? html`<p>Infrastructure failure (host)</p>` : html``}
          <pre>${failure.stack ?? failure.message}</pre>`,
    ),
    stepsHtml(test.steps),
    joined(test.measurements.map((measurement) => html`<p>${measurementText(measurement)}</p>`)),
    ...vms.map((vm) => vmHtml(vm, test.state === 'failed')),
  ];
  return html`<details${test.state === 'failed' ? html` open` : html``}>
<summary><span class="state ${test.state}">${test.state}</span>${test.promise}
<span class="time">${duration(test.durationMs)}</span></summary>
<div><p class="dim">${placeOf(test)}</p>${joined(parts)}</div>
</details>`;
}

function placeOf({ file, repetition }: TestRecord): string {
  return repetition === 1 ? file : `${file}, run ${repetition}`;
}

/** Each step with a bar that shows when it ran and for how long, on one common scale. */
export function stepsHtml(steps: readonly StepRecord[]): Html {
  if (steps.length === 0) return html``;
  const start = Math.min(...steps.map((step) => step.startMs));
  const end = Math.max(...steps.map((step) => step.startMs + (step.durationMs ?? 0)));
  const percent = (ms: number): string => ((100 * ms) / Math.max(1, end - start)).toFixed(2);
  const rows = steps.map((step) => {
    const place = `margin-left:${percent(step.startMs - start)}%;width:${percent(step.durationMs ?? 0)}%`;
    const failed = step.error === null ? '' : ' failed';
    const time = step.durationMs === null ? 'not ended' : duration(step.durationMs);
    return html`<tr>
      <td>${step.name}</td>
      <td>${time}</td>
      <td><div class="bar${failed}" style="${place}"></div></td>
    </tr> `;
  });
  return html`<table class="steps">
    ${joined(rows)}
  </table>`;
}

function vmHtml(vm: VmRecord, showConsole: boolean): Html {
  const { directory } = vm;
  const links = joined(vm.files.map((file) => html`<a href="${directory}/${file}">${file}</a> `));
  const tail =
    showConsole && vm.consoleTail.length > 0 ? html`<pre>${vm.consoleTail.join('\n')}</pre>` : html``;
  return html`<p>Machine ${vm.id}: ${links}</p>
    ${tail}`;
}
