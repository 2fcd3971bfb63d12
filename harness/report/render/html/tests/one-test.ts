import { quarantineText } from '../../../quarantine/apply.ts';
import type { FailureRecord, TestRecord } from '../../../schema.ts';
import { duration, measurementText } from '../../text.ts';
import { shownState, type Machine, type PageContext } from '../context.ts';
import { filesHtml } from '../machine/files.ts';
import { html, joined, NOTHING, type Html } from '../markup.ts';
import { stepsHtml } from './steps.ts';

const CONSOLE_LINES = 20;

/** One test as a line that opens: what failed, how to repeat it, its machines, its steps, what it measured. */
export function testHtml(test: TestRecord, { machines }: PageContext): Html {
  const state = shownState(test);
  const failed = state === 'failed';
  const own = test.vms.flatMap((id) => machines.get(id) ?? []);
  const parts = [
    test.skipReason === null ? NOTHING : html`<p>Skipped: ${test.skipReason}</p>`,
    test.quarantine === null ? NOTHING : html`<p>Failed, but ${quarantineText(test.quarantine)}</p>`,
    ...test.failures.map(failureHtml),
    test.reproduce === null ? NOTHING : reproduceHtml(test.reproduce),
    ...own.map((machine) => machineHtml(machine, failed)),
    stepsHtml(test.steps),
    joined(test.measurements.map((measurement) => html`<p>${measurementText(measurement)}</p>`)),
  ];
  const promise = html`<span class="promise">${test.promise}</span>`;
  return html`<details
    class="test ${state}"
    data-state="${state}"
    data-suite="${test.suite}"
    data-target="${test.target}"
    ${failed ? html` open` : NOTHING}
  >
    <summary>
      <span class="state">${state}</span>
      ${failed ? html`<h3>${promise}</h3>` : promise}
      <span class="time">${duration(test.durationMs)}</span>
    </summary>
    <div>
      <p class="dim">${placeOf(test)}</p>
      ${joined(parts)}
    </div>
  </details> `;
}

function placeOf({ file, target, repetition }: TestRecord): string {
  return `${file} on ${target}${repetition === 1 ? '' : `, run ${repetition}`}`;
}

function failureHtml({ infrastructure, stack, message }: FailureRecord): Html {
  return html`${infrastructure ? html`<p>Infrastructure failure (host)</p>` : NOTHING}
    <pre class="message">${stack ?? message}</pre>`;
}

function reproduceHtml(line: string): Html {
  return html`<p class="command reproduce">
    <span class="label">Reproduce</span> <code>${line}</code>
    <button type="button" class="copy" hidden>Copy</button>
  </p>`;
}

function machineHtml({ vm, anchor }: Machine, showConsole: boolean): Html {
  const lines = vm.consoleTail.slice(-CONSOLE_LINES);
  const tail =
    showConsole && lines.length > 0
      ? html`<p class="label">Last lines of its console</p>
          <pre>${lines.join('\n')}</pre>`
      : NOTHING;
  return html`<p>Machine <a href="#${anchor}">${vm.id}</a>: ${filesHtml(vm)}</p>
    ${tail}`;
}
