import { summarize } from '../../../../util/numbers/statistics.ts';
import { html, joined, type Html } from '../markup.ts';

const HEIGHT = 20;
/** More dots are a smear. */
const MAX_DOTS = 200;

/** From the least to the greatest value that a plot shows. */
export interface Scale {
  readonly least: number;
  readonly greatest: number;
}

/** A dot for each sample, the range of all, and the median. The table that it is in has the same as numbers. */
export function stripPlot(samples: readonly number[], { least, greatest }: Scale): Html {
  const { min, max, median } = summarize(samples);
  const extent = greatest - least || 1;
  // Dots at the ends must not be cut.
  const at = (value: number): string => `${(2 + (96 * (value - least)) / extent).toFixed(2)}%`;
  const middle = HEIGHT / 2;
  const dots = samples
    .slice(0, MAX_DOTS)
    .map((sample) => html`<circle cx="${at(sample)}" cy="${middle}" r="3" />`);
  return html`<svg class="plot" aria-hidden="true" width="100%" height="${HEIGHT}">
    <line class="range" x1="${at(min)}" x2="${at(max)}" y1="${middle}" y2="${middle}" />
    ${joined(dots)}
    <line class="median" x1="${at(median)}" x2="${at(median)}" y1="1" y2="${HEIGHT - 1}" />
  </svg>`;
}
