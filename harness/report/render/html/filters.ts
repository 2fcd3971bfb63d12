import type { RunReport } from '../../schema.ts';
import { shownState, type ShownState } from './context.ts';
import { html, joined, NOTHING, type Html } from './markup.ts';

const STATES: readonly ShownState[] = ['failed', 'quarantined', 'skipped', 'passed'];

/** What chooses the tests that are shown. Hidden until the page's script is there, without which it would do nothing. */
export function filtersHtml({ tests }: RunReport): Html {
  const states = tests.map(shownState);
  const boxes = STATES.filter((state) => states.includes(state)).map(
    (state) =>
      html`<label
        ><input type="checkbox" name="state" value="${state}" checked /> ${state}
        (${states.filter((one) => one === state).length})</label
      > `,
  );
  return html`<form id="filters" role="search" aria-label="Tests" hidden>
    <p>
      <label for="search">Search <kbd>/</kbd></label>
      <input type="search" id="search" name="text" autocomplete="off" />
    </p>
    ${choice('suite', 'Suite', unique(tests.map(({ suite }) => suite)))}
    ${choice('target', 'Target', unique(tests.map(({ target }) => target)))}
    <fieldset>
      <legend>State</legend>
      ${joined(boxes)}
    </fieldset>
    <p>
      <button type="reset">Show all</button>
      <output for="search" id="shown"></output>
    </p>
  </form>`;
}

function choice(name: string, label: string, values: readonly string[]): Html {
  if (values.length < 2) return NOTHING;
  const options = values.map((value) => html`<option>${value}</option>`);
  return html`<p>
    <label for="filter-${name}">${label}</label>
    <select id="filter-${name}" name="${name}">
      <option value="">all</option>
      ${joined(options)}
    </select>
  </p>`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
