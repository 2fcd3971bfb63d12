import { html, joined, type Html } from '../markup.ts';
import { seconds } from './seconds.ts';
import type { Timeline } from './timeline.ts';

const ROW = 22;
const AXIS = 18;
const MARKER = 10;
const MAX_TICKS = 6;

/** The time line as a picture as wide as its place; texts keep their size. `machine/events.ts` says the same in words. */
export function timelineSvg({ totalMs, phases, steps, findings }: Timeline, name: string): Html {
  const percent = (ms: number): string => `${((100 * ms) / totalMs).toFixed(2)}%`;
  const lanes = Math.max(0, ...steps.map(({ lane }) => lane + 1));
  const stepsTop = AXIS + ROW;
  const findingsTop = stepsTop + lanes * ROW;
  const height = findingsTop + (findings.length === 0 ? 0 : ROW);
  const bar = (span: { fromMs: number; toMs: number; name: string }, top: number, kind: string): Html =>
    html`<svg
      x="${percent(span.fromMs)}"
      y="${top}"
      width="${percent(span.toMs - span.fromMs)}"
      height="${ROW - 2}"
    >
      <title>${span.name}: ${seconds(span.fromMs)} to ${seconds(span.toMs)}</title>
      <rect class="${kind}" width="100%" height="100%" />
      <text x="4" y="14">${span.name}</text>
    </svg>`;
  return html`<svg
    class="timeline"
    role="img"
    aria-label="Time line of ${name}"
    width="100%"
    height="${height}"
    data-total="${totalMs}"
  >
    ${joined(
      ticks(totalMs).map(
        (ms) =>
          html`<line class="tick" x1="${percent(ms)}" x2="${percent(ms)}" y1="0" y2="${height}" />
            <text class="dim" x="${percent(ms)}" y="12" dx="3">${seconds(ms)}</text>`,
      ),
    )}
    ${joined(phases.map((phase) => bar(phase, AXIS, `phase ${phase.kind}`)))}
    ${joined(steps.map((step) => bar(step, stepsTop + step.lane * ROW, step.failed ? 'step failed' : 'step')))}
    ${joined(
      findings.map(
        ({ atMs, severity, title }) =>
          html`<svg x="${percent(atMs)}" y="${findingsTop}" overflow="visible">
            <title>${title}: ${seconds(atMs)}</title>
            <rect class="finding ${severity}" x="${-MARKER / 2}" y="5" width="${MARKER}" height="${MARKER}" />
          </svg>`,
      ),
    )}
    <line class="cursor" x1="-9" x2="-9" y1="0" y2="${height}" />
  </svg>`;
}

/** Round numbers of seconds, or of fractions of one. */
function ticks(totalMs: number): number[] {
  const decade = 10 ** Math.floor(Math.log10(totalMs / MAX_TICKS));
  const everyMs = [1, 2, 5, 10].map((factor) => factor * decade).find((ms) => totalMs / ms <= MAX_TICKS);
  if (everyMs === undefined) return [0];
  return Array.from({ length: Math.floor(totalMs / everyMs) + 1 }, (_, index) => index * everyMs);
}
