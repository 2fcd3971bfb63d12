import type { StepRecord } from '../../../schema.ts';
import { duration } from '../../text.ts';
import { html, joined, NOTHING, type Html } from '../markup.ts';

/** Each step with a bar that shows when it ran and for how long, on one common scale. */
export function stepsHtml(steps: readonly StepRecord[]): Html {
  if (steps.length === 0) return NOTHING;
  const start = steps.reduce((least, step) => Math.min(least, step.startMs), Infinity);
  const end = steps.reduce((most, step) => Math.max(most, step.startMs + (step.durationMs ?? 0)), 0);
  const percent = (ms: number): string => ((100 * ms) / Math.max(1, end - start)).toFixed(2);
  const rows = steps.map((step) => {
    const place = `margin-left:${percent(step.startMs - start)}%;width:${percent(step.durationMs ?? 0)}%`;
    const failed = step.error === null ? '' : ' failed';
    const time = step.durationMs === null ? 'not ended' : duration(step.durationMs);
    return html`<tr>
      <th scope="row">${step.name}</th>
      <td>${time}${step.error === null ? '' : ', failed'}</td>
      <td aria-hidden="true"><div class="bar${failed}" style="${place}"></div></td>
    </tr> `;
  });
  return html`<table class="steps">
    <thead>
      <tr>
        <th scope="col">Step</th>
        <th scope="col">Time</th>
        <td aria-hidden="true"></td>
      </tr>
    </thead>
    <tbody>
      ${joined(rows)}
    </tbody>
  </table>`;
}
