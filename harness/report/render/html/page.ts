import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { RunReport } from '../../schema.ts';
import { count, countLine, duration } from '../text.ts';
import { contextOf, type Besides, type PageContext } from './context.ts';
import { environmentHtml } from './environment.ts';
import { filtersHtml } from './filters.ts';
import { findingsHtml } from './findings.ts';
import { machinesHtml } from './machine/machine.ts';
import { Html, html, joined } from './markup.ts';
import { bootTimesHtml } from './numbers/boot-times.ts';
import { bootTrendHtml } from './numbers/boot-trend.ts';
import { measurementsHtml } from './numbers/measurements.ts';
import { failuresHtml, otherTestsHtml } from './tests/lists.ts';

const STYLE = ownFile('page.css');
/** Each in a block of its own, so that their names don't meet. */
const SCRIPT = ['filters', 'links', 'copy', 'logs']
  .map((name) => `{\n${ownFile(`script/${name}.js`)}}`)
  .join('\n');

/** As a whole, since the policy has the digest of exactly what is between the tags. */
const SCRIPT_ELEMENT = new Html(`<script type="module">${SCRIPT}</script>`);

/** Nothing is loaded from anywhere, and no script runs but the page's own. */
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  // Pictures are in the page itself.
  'img-src data:',
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`,
].join('; ');

/**
 * The run as one page that needs nothing else; links to evidence are relative to the report. Without its script it can be read
 * as well, but not filtered.
 */
export function htmlPage(report: RunReport, besides: Besides = {}): string {
  const context = contextOf(report, besides);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${report.verdict}: ${report.commandLine}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#tests">Skip to the tests</a>
        ${headerHtml(report)}
        <main>${mainHtml(context)}</main>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `;
  return page.markup;
}

function ownFile(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

function headerHtml(report: RunReport): Html {
  const { verdict, startedAt, durationMs, commandLine, remarks } = report;
  return html`<header>
    <h1><b class="${verdict}">${verdict}</b> · ${countLine(count(report.tests))}</h1>
    <p class="dim"><time datetime="${startedAt}">${startedAt}</time> · ${duration(durationMs)}</p>
    <p class="command"><code>${commandLine}</code></p>
    ${joined(remarks.map((remark) => html`<p class="remark">${remark}</p>`))}
  </header>`;
}

function mainHtml(context: PageContext): Html {
  const sections: readonly (readonly [string, string, Html])[] = [
    ['failures', 'Failures', failuresHtml(context)],
    ['tests', 'Tests', otherTestsHtml(context)],
    ['findings', 'Findings', findingsHtml(context)],
    ['machines', 'Machines', machinesHtml(context)],
    ['boot-times', 'Boot times', bootTimesHtml(context)],
    ['boot-trend', 'Boot times over runs', bootTrendHtml(context)],
    ['measurements', 'Measurements', measurementsHtml(context)],
    ['environment', 'Environment', environmentHtml(context.report)],
  ];
  const shown = sections.filter(([id, , body]) => body.markup !== '' || id === 'tests');
  const links = shown.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`);
  const blocks = shown.map(
    ([id, title, body]) =>
      html`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        ${body}
      </section>`,
  );
  return html`<nav aria-label="Parts of the report">
      <ul>
        ${joined(links)}
      </ul>
    </nav>
    ${filtersHtml(context.report)} ${joined(blocks)}`;
}
