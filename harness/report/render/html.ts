import { groupBy } from '../../util/group.ts';
import { STYLE } from './html-style.ts';
import { stepsHtml, testHtml } from './html-test.ts';
import { Html, html, joined } from './html-text.ts';
import type { RunReport, TargetRecord } from '../schema.ts';
import { count, countLine, duration } from './text.ts';

/** The run as one page without scripts or anything from elsewhere; links are relative to the report. */
export function htmlPage(report: RunReport): string {
  const page = html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${report.verdict}: ${report.commandLine}</title>
      <style>
        ${new Html(STYLE)}
      </style>
      <h1><b class="${report.verdict}">${report.verdict}</b> · ${countLine(count(report.tests))}</h1>
      <p class="dim">
        ${report.startedAt} · ${duration(report.durationMs)} · <code>${report.commandLine}</code>
      </p>
      ${joined(report.remarks.map((remark) => html`<p>${remark}</p>`))}
      ${joined(report.targets.map((target) => targetHtml(target)))} ${hostHtml(report)}
      ${joined([...groupBy(report.tests, (test) => test.target)].map(([target]) => testsHtml(target, report)))}
    </html> `;
  return page.markup;
}

function targetHtml(target: TargetRecord): Html {
  const { image, qemu, firmware, accelerator } = target;
  return table(target.name, [
    ['image', `${image.name ?? 'without a manifest'} ${image.version ?? ''}, ${image.path}`],
    ['sha256', image.sha256.join(', ') || 'unknown'],
    ['capabilities', image.capabilities.join(', ') || 'none'],
    ['QEMU', `${qemu.version}, ${qemu.path}`],
    ['firmware', `${firmware.path}, sha256 ${firmware.sha256}`],
    ['accelerator', `${accelerator.name}: ${accelerator.reason}`],
  ]);
}

function hostHtml({ host, commit }: RunReport): Html {
  return table('Host', [
    ['system', host.system],
    ['size', `${host.cpus} CPUs, ${host.memoryMiB} MiB`],
    ['node', host.node],
    ['Hotfire', commit === null ? 'unknown' : `${commit.id}${commit.modified ? ', modified' : ''}`],
  ]);
}

function table(title: string, rows: readonly (readonly [string, string])[]): Html {
  const lines = rows.map(
    ([name, value]) =>
      html`<tr>
        <th>${name}</th>
        <td>${value}</td>
      </tr> `,
  );
  return html`<h2>${title}</h2>
    <table>
      ${joined(lines)}
    </table> `;
}

function testsHtml(target: string, report: RunReport): Html {
  const ofTarget = report.tests.filter((test) => test.target === target);
  const suites = [...groupBy(ofTarget, (test) => test.suite)].map(([suite, tests]) => {
    const files = new Set(tests.map((test) => test.file));
    const outside = report.fileSteps.filter((step) => step.target === target && files.has(step.file));
    return html`<h2>${suite} <span class="dim">${target}</span></h2>
      ${
        outside.length === 0
          ? html``
          : html`<details>
              <summary>Outside the tests</summary>
              <div>${stepsHtml(outside)}</div>
            </details>`
      }
      ${joined(tests.map((test) => testHtml(test, report)))} `;
  });
  return joined(suites);
}
