import type { RunReport, TargetRecord } from '../../schema.ts';
import { html, joined, type Html } from './markup.ts';

/** What was tested, with what, and where. */
export function environmentHtml(report: RunReport): Html {
  return html`${joined(report.targets.map(targetHtml))}${hostHtml(report)}`;
}

function targetHtml({ name, image, qemu, firmware, accelerator }: TargetRecord): Html {
  return table(name, [
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
        <th scope="row">${name}</th>
        <td>${value}</td>
      </tr> `,
  );
  return html`<h3>${title}</h3>
    <table class="facts">
      ${joined(lines)}
    </table> `;
}
