import { chmod, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  imageManifestSchema,
  MANIFEST_VERSION,
  type ImageManifest,
} from '../../../harness/image/manifest.ts';
import { TRUSTED_ROOT } from '../../../harness/image/update-keys.ts';
import type { Architecture } from '../../../harness/util/architecture.ts';
import { sha256OfFile } from '../../../harness/util/files/sha256.ts';
import { BUILD_TARGETS } from '../architectures.ts';
import { digestOfCode } from '../cache/digest.ts';
import type { Entry, Step } from '../cache/step.ts';
import type { Release } from '../config/release.ts';
import { Workbench } from '../sdk/workbench.ts';
import type { Variant } from '../config/variant.ts';
import { commandLine, readCommandLineParts, variantArguments } from '../config/command-line.ts';
import { makeDisk } from '../image/disk.ts';
import { fatSizeMib, makeExt4, makeFat } from '../image/file-systems.ts';
import { makeFloor } from '../image/floor.ts';
import { partitionSizeMib } from '../image/layout.ts';
import { packUpdateImages, type UpdateImage } from '../image/update-images.ts';
import { makeVerity, type VerityRoot } from '../image/verity.ts';

const SPACE_BYTES = 1.5 * 1024 ** 3;

/** The files next to image.json that it names. */
const ARTEFACTS = [
  'disk.raw',
  'vmlinuz',
  'floor.img',
  'boot.img',
  'root.img',
  'hash.img',
  'inventory.spdx.json',
  TRUSTED_ROOT,
];

export interface ImageSources {
  readonly sdk: Entry;
  readonly kernel: Entry;
  readonly programs: Entry;
  readonly updateKeys: Entry;
  readonly root: Entry;
}

/** The image: `image.json` and the files that it names. */
export async function imageStep(
  variant: Variant,
  arch: Architecture,
  from: ImageSources,
  release: Release,
): Promise<Step> {
  const parts = await readCommandLineParts();
  return {
    name: `image ${variant.name} ${arch}`,
    inputs: {
      code: await digestOfCode('steps/image.ts', 'image'),
      manifest: MANIFEST_VERSION,
      arch,
      commandLine: { ...parts, arch: parts.arch[arch] ?? [], variant: variantArguments(variant) },
      capabilities: variant.capabilities,
      release: { ...release },
      sdk: from.sdk.identity,
      kernel: from.kernel.identity,
      programs: from.programs.identity,
      updateKeys: from.updateKeys.identity,
      root: from.root.identity,
    },
    spaceBytes: SPACE_BYTES,
    build: async (output, context) => {
      const work = join(output, 'work');
      await mkdir(work);
      const epoch = String(release.epochSeconds);
      const bench = new Workbench(from.sdk, work, context, {
        SOURCE_DATE_EPOCH: epoch,
        E2FSPROGS_FAKE_TIME: epoch,
        MTOOLS_SKIP_CHECK: '1',
      });
      await collect(from, work);
      const buildId = await readFile(join(from.root.directory, 'build-id'), 'utf8');
      const verity = await makeVerity(bench, buildId);
      const line = commandLine(parts, arch, variantArguments(variant), verity);
      context.note('boot and state partitions');
      await makeBoot(bench, arch, line, buildId);
      await makeFat(bench, 'esp.img', partitionSizeMib('EFI-SYSTEM'), buildId, [
        { path: `EFI/BOOT/${BUILD_TARGETS[arch].efi.removableMedia}`, source: 'slot-loader.efi' },
      ]);
      await makeExt4(bench, 'private.img', partitionSizeMib('BOTTLEROCKET-PRIVATE'), buildId);
      await makeExt4(bench, 'data.img', partitionSizeMib('BOTTLEROCKET-DATA'), buildId);
      await makeFloor(bench, buildId, release.epochSeconds);
      context.note('disk');
      await makeDisk(work, buildId, {
        'EFI-SYSTEM': { file: 'esp.img' },
        'BOTTLEROCKET-BOOT-A': { file: 'boot.img' },
        'BOTTLEROCKET-ROOT-A': { file: 'root.img', guid: verity.dataPartition },
        'BOTTLEROCKET-HASH-A': { file: 'hash.img', guid: verity.hashPartition },
        'BOTTLEROCKET-PRIVATE': { file: 'private.img' },
        'BOTTLEROCKET-DATA': { file: 'data.img' },
      });
      context.note('update images');
      const base = [release.id, variant.name, arch, release.version, buildId].join('-');
      const updateImages = await packUpdateImages(bench, base);
      for (const file of [...ARTEFACTS, ...Object.values(updateImages)]) {
        await chmod(join(work, file), 0o644);
        await rename(join(work, file), join(output, file));
      }
      const manifest = await describe(output, variant, arch, {
        release,
        buildId,
        verity,
        updateImages,
        commandLine: line,
        kernelRelease: await kernelRelease(from),
      });
      await writeFile(join(output, 'image.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      await rm(work, { recursive: true });
    },
  };
}

async function collect(from: ImageSources, work: string): Promise<void> {
  const files = [
    join(from.kernel.directory, 'vmlinuz'),
    join(from.kernel.directory, 'kernel.release'),
    join(from.programs.directory, 'slot-loader.efi'),
    join(from.programs.directory, 'floor-init'),
    join(from.updateKeys.directory, TRUSTED_ROOT),
    join(from.root.directory, 'root.img'),
    join(from.root.directory, 'os-release'),
    join(from.root.directory, 'inventory.spdx.json'),
  ];
  for (const file of files) await copyFile(file, join(work, file.slice(file.lastIndexOf('/') + 1)));
}

/** `boot.img`: what the BOOT partition of a slot holds, written there whole by an update. */
async function makeBoot(bench: Workbench, arch: Architecture, line: string, seed: string): Promise<void> {
  const efiName = BUILD_TARGETS[arch].efi.name;
  await writeFile(join(bench.directory, 'command-line'), line);
  const release = (await readFile(join(bench.directory, 'kernel.release'), 'utf8')).trim();
  await bench.run('makes the unified kernel image', [
    'ukify',
    'build',
    '--linux=vmlinuz',
    '--cmdline=@command-line',
    '--os-release=@os-release',
    `--uname=${release}`,
    `--efi-arch=${efiName}`,
    `--stub=/usr/lib/systemd/boot/efi/linux${efiName}.efi.stub`,
    '--output=sparkler.efi',
  ]);
  const files = [{ path: 'EFI/Linux/sparkler.efi', source: 'sparkler.efi' }];
  await makeFat(bench, 'boot.img', await fatSizeMib(bench, files), seed, files);
}

async function kernelRelease({ kernel }: ImageSources): Promise<string> {
  return (await readFile(join(kernel.directory, 'kernel.release'), 'utf8')).trim();
}

interface Facts {
  readonly release: Release;
  readonly buildId: string;
  readonly verity: VerityRoot;
  readonly updateImages: Readonly<Record<UpdateImage, string>>;
  readonly commandLine: string;
  readonly kernelRelease: string;
}

async function describe(
  directory: string,
  variant: Variant,
  arch: Architecture,
  facts: Facts,
): Promise<ImageManifest> {
  return imageManifestSchema.parse({
    manifestVersion: MANIFEST_VERSION,
    os: { name: facts.release.id, version: facts.release.version, buildId: facts.buildId },
    variant: variant.name,
    arch,
    disks: [{ role: 'os', format: 'raw', ...(await artefact('disk.raw')) }],
    kernel: {
      release: facts.kernelRelease,
      commandLine: facts.commandLine,
      image: await artefact('vmlinuz'),
      floorRoot: await artefact('floor.img'),
    },
    verity: { rootHash: facts.verity.rootHash, dataBlockBytes: facts.verity.blockBytes },
    capabilities: variant.capabilities,
    update: {
      boot: await artefact('boot.img'),
      root: await artefact('root.img'),
      hash: await artefact('hash.img'),
    },
    updateRepository: {
      images: {
        boot: await artefact(facts.updateImages.boot),
        root: await artefact(facts.updateImages.root),
        hash: await artefact(facts.updateImages.hash),
      },
      trustedRoot: await artefact(TRUSTED_ROOT),
    },
    inventory: await artefact('inventory.spdx.json'),
  } satisfies ImageManifest);

  async function artefact(file: string) {
    const path = join(directory, file);
    return { file, sha256: await sha256OfFile(path), sizeBytes: (await stat(path)).size };
  }
}
