import { median, summarize } from '../../../../util/numbers/statistics.ts';
import { bootsOfRun, type BootPhases } from '../../../history/boot-phases.ts';
import { figure } from '../../text.ts';
import type { PageContext } from '../context.ts';
import { html, joined, NOTHING, type Html } from '../markup.ts';
import { trendPlot, type TrendPoint } from './trend-plot.ts';

/** How long the phases of a boot take in this run, beside earlier ones of the same target. */
export function bootTrendHtml({ report, earlier }: PageContext): Html {
  const present = bootsOfRun(report);
  const parts = [...present.targets].map(([target, phases]) => {
    const pointsOf = (phase: string): TrendPoint[] =>
      [...earlier.runs, present].flatMap(({ startedAt, targets }) => {
        const samples = targets.get(target)?.get(phase);
        return samples === undefined ? [] : [{ startedAt, samples }];
      });
    return targetHtml(target, phases, pointsOf);
  });
  const shown = joined(parts);
  if (shown.markup === '') return NOTHING;
  return html`${shown}${unreadableHtml(earlier.unreadable)}`;
}

function targetHtml(target: string, phases: BootPhases, pointsOf: (phase: string) => TrendPoint[]): Html {
  const rows = [...phases].flatMap(([phase, samples]) => {
    const points = pointsOf(phase);
    return points.length < 2 ? [] : [rowHtml(phase, samples, points)];
  });
  if (rows.length === 0) return NOTHING;
  return html`<h3>${target}</h3>
    <table class="numbers over-runs">
      <thead>
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">This run</th>
          <th scope="col">Earlier runs: median, range, median deviation</th>
          <th scope="col">Runs</th>
          <th scope="col">Each run's median and range</th>
        </tr>
      </thead>
      <tbody>
        ${joined(rows)}
      </tbody>
    </table>`;
}

function rowHtml(phase: string, samples: readonly number[], points: readonly TrendPoint[]): Html {
  const before = summarize(points.slice(0, -1).map((point) => median(point.samples)));
  return html`<tr>
    <th scope="row">${phase}</th>
    <td data-label="this run">${figure(median(samples))} ms</td>
    <td data-label="earlier">
      ${figure(before.median)} ms; ${figure(before.min)} to ${figure(before.max)}, ±
      ${figure(before.deviation)}
    </td>
    <td data-label="runs">${points.length}</td>
    <td class="drawn">${trendPlot(phase, points)}</td>
  </tr> `;
}

function unreadableHtml(names: readonly string[]): Html {
  if (names.length === 0) return NOTHING;
  return html`<p class="dim">Without reports that can't be read: ${names.join(', ')}</p>`;
}
