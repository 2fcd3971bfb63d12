import { summarize } from '../../../../util/numbers/statistics.ts';
import { figure } from '../../text.ts';
import { html, joined, type Html } from '../markup.ts';
import { stripPlot, type Scale } from './plot.ts';

export interface Series {
  readonly name: string;
  /** Where it comes from; may be empty. */
  readonly of: string;
  readonly unit: string;
  readonly samples: readonly number[];
}

/** @param scaleOf which values the plot of a series shows. */
export function numbersTable(series: readonly Series[], scaleOf: (one: Series) => Scale): Html {
  const rows = series.map((one) => {
    const { name, of, unit, samples } = one;
    const { count, median, min, max, deviation } = summarize(samples);
    return html`<tr>
      <th scope="row">${name}<span class="said">${of}</span></th>
      <td>${figure(median)} ${unit}</td>
      <td>${count === 1 ? '' : `${figure(min)} to ${figure(max)}, ± ${figure(deviation)}`}</td>
      <td data-label="samples">${count}</td>
      <td class="drawn">${stripPlot(samples, scaleOf(one))}</td>
    </tr> `;
  });
  return html`<table class="numbers">
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">Median</th>
        <th scope="col">Range, median deviation</th>
        <th scope="col">Samples</th>
        <td aria-hidden="true"></td>
      </tr>
    </thead>
    <tbody>
      ${joined(rows)}
    </tbody>
  </table>`;
}

/** The samples of one series, from the least to the greatest. */
export function ownScale({ samples }: Pick<Series, 'samples'>): Scale {
  const { min: least, max: greatest } = summarize(samples);
  return { least, greatest };
}
