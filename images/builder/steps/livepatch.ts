import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  LIVEPATCH_FORMAT,
  livepatchManifestSchema,
  type LivepatchManifest,
} from '../../../harness/image/livepatch/manifest.ts';
import type { Architecture } from '../../../harness/util/architecture.ts';
import { ImageError } from '../../../harness/util/errors.ts';
import { sha256 } from '../../../harness/util/files/sha256.ts';
import { BUILD_TARGETS, type BuildTarget } from '../architectures.ts';
import { digestOfCode, digestOfTree } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import { removeTree } from '../command/remove-tree.ts';
import { instanceNames, type Livepatch } from '../config/livepatch.ts';
import { makeModules, signModule, type ModuleTools } from '../livepatch/module-make.ts';
import { readModuleInfo } from '../livepatch/module-info.ts';
import { moduleName, writeModuleSources } from '../livepatch/module-source.ts';
import { BUILD_ID_FILE } from './module-build-tree.ts';

const SPACE_BYTES = 64 * 1024 ** 2;

export interface LivepatchSources extends ModuleTools {
  readonly signingKey: Entry;
}

/** The signed modules of one live patch: `<name>.ko`, and `<name>.json` that says what each is for. */
export async function livepatchStep(
  patch: Livepatch,
  arch: Architecture,
  host: BuildTarget,
  from: LivepatchSources,
): Promise<Step> {
  return {
    name: `livepatch ${patch.name} ${arch}`,
    inputs: {
      code: await digestOfCode('steps/livepatch.ts', 'livepatch'),
      format: LIVEPATCH_FORMAT,
      files: await digestOfTree(patch.directory),
      arch,
      sdk: from.sdk.identity,
      source: from.source.identity,
      tree: from.tree.identity,
      signingKey: from.signingKey.identity,
    },
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      const buildId = await readFile(join(from.tree.directory, BUILD_ID_FILE), 'utf8');
      const work = join(output, 'work');
      await mkdir(work);
      await writeModuleSources(patch, buildId, work);
      await makeModules(BUILD_TARGETS[arch], host, from, work, context);
      for (const name of instanceNames(patch)) {
        const module = moduleName(name);
        const file = `${name}.ko`;
        await copyFile(join(work, module, `${module}.ko`), join(output, file));
        await signModule(from, from.signingKey, join(output, file), context);
        const manifest = describe(patch, name, arch, buildId, await readFile(join(output, file)));
        await writeFile(join(output, `${name}.json`), `${JSON.stringify(manifest, null, 2)}\n`);
      }
      await removeTree(work);
    },
  };
}

/** @throws {ImageError} when the module is not what was asked for. */
function describe(
  patch: Livepatch,
  name: string,
  arch: Architecture,
  buildId: string,
  file: Buffer,
): LivepatchManifest {
  const info = readModuleInfo(file);
  const vermagic = info?.get('vermagic') ?? '';
  const module = moduleName(name);
  if (info?.get('name') !== module || info.get('kernel_build_id') !== buildId || vermagic === '') {
    throw new ImageError(
      `${name}.ko does not say which module and kernel it is for: ${JSON.stringify([...(info ?? [])])}`,
    );
  }
  const { title, description, replaces, functions, reference } = patch;
  return livepatchManifestSchema.parse({
    livepatch: {
      ...{ format: LIVEPATCH_FORMAT, name, module, title, description, arch },
      ...{ kernel_release: vermagic.split(' ', 1)[0], kernel_build_id: buildId, replaces, functions },
      ...(reference === undefined ? {} : { reference }),
    },
    ...{ file: `${name}.ko`, sha256: sha256(file), sizeBytes: file.length, vermagic, test: patch.test },
  } satisfies unknown);
}
