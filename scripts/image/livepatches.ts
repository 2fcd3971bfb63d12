import { openLivepatch } from '../../harness/image/livepatch/open.ts';
import { buildLivepatches } from '../../images/builder/build-livepatches.ts';
import { listLivepatches, readLivepatch } from '../../images/builder/config/livepatch.ts';
import { readVariant } from '../../images/builder/config/variant.ts';
import type { BuildOptions } from '../../images/builder/workshop.ts';
import type { Built } from './build.ts';

/** Every live patch on a line of its own, or all as JSON. */
export async function listOfLivepatches(json: boolean): Promise<string> {
  const patches = await Promise.all((await listLivepatches()).map((name) => readLivepatch(name)));
  if (json) {
    return `${JSON.stringify({ livepatches: patches })}\n`;
  }
  const width = Math.max(...patches.map(({ name }) => name.length));
  return patches.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join('');
}

/** @throws {UsageError} for an unknown variant, and what `buildLivepatches` throws. */
export async function buildLivepatch(
  { name, variant }: { readonly name: string; readonly variant: string },
  options: BuildOptions,
): Promise<Built> {
  // All variants have the same kernel, so it only has to be one.
  await readVariant(variant);
  const paths = await buildLivepatches({ ...options, names: [name] });
  const livepatches = await Promise.all(paths.map(describe));
  const text = livepatches
    .map(({ path, sizeBytes, sha256, vermagic, livepatch: { kernel_build_id: buildId, replaces, module } }) =>
      [
        path,
        `  module     ${module}, ${sizeBytes} bytes, sha256 ${sha256}`,
        `  kernel     ${vermagic.trim()}`,
        `  build id   ${buildId}`,
        `  replaces   ${replaces}`,
      ].join('\n'),
    )
    .join('\n');
  return { result: { livepatches }, text };
}

async function describe(path: string) {
  const { manifest, modulePath } = await openLivepatch(path);
  return { path: modulePath, ...manifest };
}
