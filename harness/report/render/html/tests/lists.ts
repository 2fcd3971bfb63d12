import { groupBy } from '../../../../util/group.ts';
import type { TestRecord } from '../../../schema.ts';
import { shownState, type PageContext } from '../context.ts';
import { html, joined, NOTHING, type Html } from '../markup.ts';
import { testHtml } from './one-test.ts';
import { stepsHtml } from './steps.ts';

/** The failures that count, opened. */
export function failuresHtml(context: PageContext): Html {
  const failed = context.report.tests.filter(isFailure);
  return failed.length === 0 ? NOTHING : joined(failed.map((test) => testHtml(test, context)));
}

/** All other tests by target and suite. */
export function otherTestsHtml(context: PageContext): Html {
  const { tests, fileSteps } = context.report;
  const groups = groupBy(tests, ({ suite, target }) => JSON.stringify([target, suite]));
  const parts = [...groups.values()].map((all) => {
    const [first] = all;
    if (first === undefined) return NOTHING;
    const files = new Set(all.map(({ file }) => file));
    const outside = fileSteps.filter(({ target, file }) => target === first.target && files.has(file));
    const others = all.filter((test) => !isFailure(test));
    if (others.length === 0 && outside.length === 0) return NOTHING;
    return html`<div class="group">
      <h3>${first.suite} <span class="dim">${first.target}</span></h3>
      ${joined(others.map((test) => testHtml(test, context)))}
      ${
        outside.length === 0
          ? NOTHING
          : html`<details class="outside">
              <summary>Outside the tests</summary>
              <div>${stepsHtml(outside)}</div>
            </details>`
      }
    </div>`;
  });
  const body = joined(parts);
  return body.markup === '' ? html`<p class="dim">None passed, and none was skipped.</p>` : body;
}

function isFailure(test: TestRecord): boolean {
  return shownState(test) === 'failed';
}
