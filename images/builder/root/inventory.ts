import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'smol-toml';
import { z } from 'zod';

import type { Entry } from '../cache/step.ts';
import { linkedPartsSchema, type LinkedPart } from '../go/modules.ts';
import type { DebianPackage } from './package-list.ts';
import { OS_DIRECTORY } from '../steps/programs.ts';

const cargoLockSchema = z.object({
  package: z.array(z.object({ name: z.string(), version: z.string(), checksum: z.string().optional() })),
});
export type Crate = z.infer<typeof cargoLockSchema>['package'][number];

/** Everything that Sparkler's programs were linked from: both workspaces' lock files, without doubles. */
export async function readCrates(): Promise<Crate[]> {
  const files = ['Cargo.lock', 'crates/slot-loader/Cargo.lock'].map((file) => join(OS_DIRECTORY, file));
  const locks = await Promise.all(
    files.map(async (file) => cargoLockSchema.parse(parse(await readFile(file, 'utf8'))).package),
  );
  const byId = new Map(locks.flat().map((crate) => [`${crate.name}-${crate.version}`, crate]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, crate]) => crate);
}

/** Everything that the programs of images/go were linked from, without doubles. */
export async function readLinkedParts(entries: readonly Entry[]): Promise<LinkedPart[]> {
  const lists = await Promise.all(
    entries.map(async ({ directory }) =>
      linkedPartsSchema.parse(JSON.parse(await readFile(join(directory, 'parts.json'), 'utf8'))),
    ),
  );
  const byId = new Map(lists.flat().map((part) => [`${part.type} ${part.name} ${part.version}`, part]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

export interface InventoryContents {
  /** Names the image; part of the document's namespace, which must be unique. */
  readonly image: string;
  readonly buildId: string;
  readonly createdAtSeconds: number;
  readonly kernelRelease: string;
  /** Each package with the paths taken from it. */
  readonly packages: readonly (DebianPackage & { readonly files: readonly string[] })[];
  readonly crates: readonly Crate[];
  readonly linkedParts: readonly LinkedPart[];
}

/** An SPDX 2.3 document (ISO/IEC 5962) of what is in the image; the same contents give the same bytes. */
export function spdxInventory(contents: InventoryContents): string {
  const image = spdxPackage('image', contents.image, contents.buildId);
  const parts = [
    spdxPackage('kernel', 'linux', contents.kernelRelease),
    ...contents.packages.map((one) => debianPackage(one)),
    ...contents.crates.map((crate) => cratePackage(crate)),
    ...contents.linkedParts.map((part) => linkedPackage(part)),
  ];
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: contents.image,
    documentNamespace: `urn:hotfire:${contents.image}:${contents.buildId}`,
    creationInfo: {
      created: new Date(contents.createdAtSeconds * 1000).toISOString().replace('.000Z', 'Z'),
      creators: ['Tool: hotfire'],
    },
    packages: [image, ...parts],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', image.SPDXID),
      ...parts.map((part) => relationship(image.SPDXID, 'CONTAINS', part.SPDXID)),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function debianPackage(one: InventoryContents['packages'][number]): SpdxPackage {
  return {
    ...spdxPackage('deb', one.name, one.version, one.sha256),
    sourceInfo: `built from ${one.source} ${one.sourceVersion}`,
    comment: `Files: ${one.files.map((file) => `/${file}`).join(' ')}`,
    externalRefs: packageUrl(
      `pkg:deb/debian/${one.name}@${encodeURIComponent(one.version)}?arch=${one.architecture}`,
    ),
  };
}

function cratePackage(crate: Crate): SpdxPackage {
  return {
    ...spdxPackage('crate', crate.name, crate.version, crate.checksum),
    externalRefs: packageUrl(`pkg:cargo/${crate.name}@${encodeURIComponent(crate.version)}`),
  };
}

function linkedPackage({ type, name, version, licence }: LinkedPart): SpdxPackage {
  const namespace = type === 'deb' ? 'deb/debian' : type;
  return {
    ...spdxPackage(`linked-${type}`, name, version),
    licenseDeclared: licence ?? 'NOASSERTION',
    externalRefs: packageUrl(`pkg:${namespace}/${name}@${encodeURIComponent(version)}`),
  };
}

type SpdxPackage = ReturnType<typeof spdxPackage> & Record<string, unknown>;

function spdxPackage(kind: string, name: string, version: string, sha256?: string) {
  const id = `${kind}-${name}-${version}`.replaceAll(/[^A-Za-z0-9.-]/g, '-');
  return {
    SPDXID: `SPDXRef-${id}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    ...(sha256 === undefined ? {} : { checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] }),
  };
}

function packageUrl(url: string) {
  return [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: url }];
}

function relationship(from: string, type: string, to: string) {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}
