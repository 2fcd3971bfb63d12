import { groupBy } from '../../../../util/group.ts';
import type { PageContext } from '../context.ts';
import { NOTHING, type Html } from '../markup.ts';
import { numbersTable, ownScale, type Series } from './table.ts';

/** What tests measured; the samples of all repetitions together. */
export function measurementsHtml({ report }: PageContext): Html {
  const measured = report.tests.flatMap((test) =>
    test.measurements.map((measurement) => ({ test, measurement })),
  );
  if (measured.length === 0) return NOTHING;
  const groups = groupBy(measured, ({ test: { target, file, promise }, measurement: { name, unit } }) =>
    JSON.stringify([target, file, promise, name, unit]),
  );
  const series = [...groups.values()].flatMap((all): Series[] => {
    const [first] = all;
    if (first === undefined) return [];
    const { test, measurement } = first;
    return [
      {
        ...{ name: measurement.name, unit: measurement.unit },
        of: `${test.promise} · ${test.target}`,
        samples: all.flatMap((one) => one.measurement.samples),
      },
    ];
  });
  return numbersTable(series, ownScale);
}
