import { summarize } from '../../../../util/numbers/statistics.ts';
import { figure, summaryText } from '../../text.ts';
import { html, joined, type Html } from '../markup.ts';

const HEIGHT = 48;

/** One run in a plot over runs. */
export interface TrendPoint {
  readonly startedAt: string;
  /** Milliseconds; at least one. */
  readonly samples: readonly number[];
}

/** For each run, the oldest first, its range and the median in it, from zero on; the last is the present one. */
export function trendPlot(name: string, points: readonly TrendPoint[]): Html {
  const runs = points.map(({ startedAt, samples }) => ({ startedAt, summary: summarize(samples) }));
  const greatest = Math.max(1, ...runs.map(({ summary }) => summary.max));
  const down = (ms: number): string => (HEIGHT - 4 - ((HEIGHT - 8) * ms) / greatest).toFixed(1);
  const across = (index: number): string => `${((100 * (index + 0.5)) / runs.length).toFixed(2)}%`;
  const marks = runs.map(({ startedAt, summary }, index) => {
    const { median, min, max } = summary;
    return html`<g class="${index === runs.length - 1 ? 'present' : 'past'}">
      <title>${startedAt}: ${summaryText(summary, 'ms')}</title>
      <line class="range" x1="${across(index)}" x2="${across(index)}" y1="${down(min)}" y2="${down(max)}" />
      <circle cx="${across(index)}" cy="${down(median)}" r="3" />
    </g>`;
  });
  return html`<svg
    class="plot trend"
    role="img"
    aria-label="${name}, medians of ${runs.length} runs, the present one last: ${runs
      .map(({ summary }) => figure(summary.median))
      .join(', ')} ms"
    width="100%"
    height="${HEIGHT}"
  >
    ${joined(marks)}
  </svg>`;
}
