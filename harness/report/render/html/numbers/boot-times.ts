import { MILESTONES } from '../../../../os/milestones.ts';
import { groupBy } from '../../../../util/group.ts';
import { bootsOf } from '../../../life.ts';
import type { PageContext } from '../context.ts';
import { html, joined, NOTHING, type Html } from '../markup.ts';
import { numbersTable, type Series } from './table.ts';

/** When the machines of each target passed the milestones of a boot, over all boots of the run. */
export function bootTimesHtml({ report }: PageContext): Html {
  const targets = groupBy(report.lives, ({ target }) => target);
  const parts = [...targets].map(([target, lives]) => {
    const boots = bootsOf(lives);
    const series = MILESTONES.flatMap((milestone): Series[] => {
      const samples = boots.flatMap(({ marks }) => marks[milestone] ?? []);
      return samples.length === 0 ? [] : [{ name: milestone, of: '', unit: 'ms', samples }];
    });
    if (series.length === 0) return NOTHING;
    const greatest = series.flatMap(({ samples }) => samples).reduce((most, ms) => Math.max(most, ms), 0);
    return html`<h3>${target} <span class="dim">${boots.length} boots</span></h3>
      ${numbersTable(series, () => ({ least: 0, greatest }))}`;
  });
  return joined(parts);
}
