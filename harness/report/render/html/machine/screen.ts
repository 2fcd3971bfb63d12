import { SCREEN_FILE } from '../../../../vm/last-look/screen.ts';
import type { Machine } from '../context.ts';
import { html, reportLink, type Html } from '../markup.ts';

/** What was on a machine's display, within the page, or that there is no picture. */
export function screenHtml({ vm, logs: { screen } }: Pick<Machine, 'vm' | 'logs'>): Html {
  if (screen !== null) {
    const source = `data:image/png;base64,${screen.toString('base64')}`;
    return html`<img class="screen" src="${source}" alt="Screen of ${vm.id} at its end" />`;
  }
  if (vm.files.includes(SCREEN_FILE)) {
    return html`<p class="dim">
      Its screen is not shown here: ${reportLink([vm.directory, SCREEN_FILE], SCREEN_FILE)}
    </p>`;
  }
  return html`<p class="dim">No picture of its screen: it had no display, or was off at its end.</p>`;
}
