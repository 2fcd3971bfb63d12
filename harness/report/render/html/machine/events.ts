import { html, joined, NOTHING, type Html } from '../markup.ts';
import { seconds } from './seconds.ts';
import type { Timeline } from './timeline.ts';

/** A machine that resets for ever says the same again and again. */
const MAX_EVENTS = 400;

interface Event {
  readonly atMs: number;
  readonly what: string;
}

/** The time line in words; each time leads to what console and journal said then. */
export function eventsHtml({ phases, steps, findings, endsMs }: Timeline): Html {
  const events: Event[] = [
    ...phases.map(({ fromMs, name }) => ({ atMs: fromMs, what: name })),
    ...steps.map(({ fromMs, name, failed }) => ({
      atMs: fromMs,
      what: `step: ${name}${failed ? ', which failed' : ''}`,
    })),
    ...findings.map(({ atMs, severity, title }) => ({ atMs, what: `${severity}: ${title}` })),
    ...endsMs.map((atMs) => ({ atMs, what: 'end' })),
  ].sort((a, b) => a.atMs - b.atMs);
  const rows = events.slice(0, MAX_EVENTS).map(
    ({ atMs, what }) =>
      html`<tr>
        <td><button type="button" class="jump" data-at="${atMs}">${seconds(atMs)}</button></td>
        <td>${what}</td>
      </tr> `,
  );
  const left = events.length - rows.length;
  return html`<table class="events">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Event</th>
        </tr>
      </thead>
      <tbody>
        ${joined(rows)}
      </tbody>
    </table>
    ${left === 0 ? NOTHING : html`<p class="dim">and ${left} more</p>`}`;
}
