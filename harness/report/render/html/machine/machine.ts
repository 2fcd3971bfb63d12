import type { Machine, PageContext } from '../context.ts';
import { html, joined, NOTHING, type Html } from '../markup.ts';
import { eventsHtml } from './events.ts';
import { filesHtml } from './files.ts';
import { logsHtml } from './logs.ts';
import { memoryHtml } from './memory.ts';
import { screenHtml } from './screen.ts';
import { timelineSvg } from './timeline-svg.ts';
import { timelineOf } from './timeline.ts';

/** The machines that left evidence: what happened to each, and what it said meanwhile. */
export function machinesHtml(context: PageContext): Html {
  return joined([...context.machines.values()].map((machine) => machineHtml(machine, context)));
}

function machineHtml(machine: Machine, { report }: PageContext): Html {
  const { vm, anchor, tests } = machine;
  const timeline = timelineOf(machine, report);
  const [first] = tests;
  const use =
    first === undefined ? '' : `${first.promise}${tests.length > 1 ? ` and ${tests.length - 1} more` : ''}`;
  return html`<details class="machine" id="${anchor}">
    <summary>
      <h3>${vm.id}</h3>
      <span class="dim">${vm.target} · ${use}</span>
    </summary>
    <div>
      <p>Files: ${filesHtml(vm)}</p>
      ${screenHtml(machine)}${memoryHtml(vm)}
      ${
        timeline === undefined
          ? html`<p class="dim">No start of it is known.</p>`
          : html`${timelineSvg(timeline, vm.id)}
              <div class="words" role="group" tabindex="0" aria-label="Events of ${vm.id}">
                ${eventsHtml(timeline)}
              </div>`
      }
      ${machine.logs.console === null && vm.consoleTail.length === 0 && machine.logs.journal === null ? NOTHING : logsHtml(machine)}
    </div>
  </details> `;
}
