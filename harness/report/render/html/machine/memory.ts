import type { VmRecord } from '../../../schema.ts';
import { memoryUse } from '../../memory-use.ts';
import { html, NOTHING, type Html } from '../markup.ts';

/** How to read the memory that a machine left. The command is for a shell in the report's directory. */
export function memoryHtml(vm: VmRecord): Html {
  const use = memoryUse(vm, vm.directory);
  if (use === undefined) return NOTHING;
  return html`<p class="command reproduce">
      <span class="label">Read its memory</span> <code>${use.command}</code>
      <button type="button" class="copy" hidden>Copy</button>
    </p>
    ${use.lack === undefined ? NOTHING : html`<p class="dim">For that, ${use.lack}.</p>`}`;
}
