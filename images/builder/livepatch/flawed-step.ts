import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Flaw, LivepatchManifest } from '../../../harness/image/livepatch/manifest.ts';
import { openLivepatch } from '../../../harness/image/livepatch/open.ts';
import { withoutSignature } from '../../../harness/image/livepatch/signature.ts';
import { sha256 } from '../../../harness/util/files/sha256.ts';
import { digestOfCode } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import { signModule, type ModuleTools } from './module-make.ts';

const SPACE_BYTES = 16 * 1024 ** 2;

export interface FlawedSources extends Pick<ModuleTools, 'sdk' | 'tree'> {
  readonly livepatch: Entry;
  readonly signingKey: Entry;
  /** One that no kernel trusts. */
  readonly otherKey: Entry;
}

/** A live patch with one thing wrong, for each of the flaws: `<flaw>.ko` and its JSON. */
export async function flawedLivepatchStep(name: string, from: FlawedSources): Promise<Step> {
  return {
    name: `flawed livepatch ${name}`,
    inputs: {
      code: await digestOfCode('livepatch'),
      sdk: from.sdk.identity,
      tree: from.tree.identity,
      livepatch: from.livepatch.identity,
      signingKey: from.signingKey.identity,
      otherKey: from.otherKey.identity,
    },
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      const { manifest, content } = await openLivepatch(join(from.livepatch.directory, `${name}.json`));
      const unsigned = withoutSignature(content);
      const id = manifest.livepatch.kernel_build_id;
      const otherId = Buffer.from(id, 'hex').reverse().toString('hex');
      const otherBuild = { ...manifest, livepatch: { ...manifest.livepatch, kernel_build_id: otherId } };
      await finish('other-key', manifest, unsigned, from.otherKey);
      await finish('other-build', otherBuild, replaced(unsigned, id, otherId), from.signingKey);
      await finish('no-mark', manifest, replaced(unsigned, 'livepatch=Y', 'unpatched=Y'), from.signingKey);

      async function finish(
        flaw: Flaw,
        description: LivepatchManifest,
        module: Buffer,
        key: Entry,
      ): Promise<void> {
        const file = join(output, `${flaw}.ko`);
        await writeFile(file, module);
        await signModule(from, key, file, context);
        const signed = await readFile(file);
        const flawed = {
          ...description,
          file: `${flaw}.ko`,
          sha256: sha256(signed),
          sizeBytes: signed.length,
          test: true,
          flaw,
        };
        await writeFile(join(output, `${flaw}.json`), `${JSON.stringify(flawed, null, 2)}\n`);
      }
    },
  };
}

/** With another text of the same length, so that nothing in the module moves. */
function replaced(module: Buffer, text: string, other: string): Buffer {
  return Buffer.from(module.toString('latin1').replaceAll(text, other), 'latin1');
}
