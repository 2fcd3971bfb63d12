import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { licenceOf } from './licence.ts';
import { moduleDirectory } from './toolchain.ts';

/** A part that was compiled or linked into a program. */
const linkedPartSchema = z.strictObject({
  /** `golang` for a module of Go or its standard library, `deb` for a library of the SDK. */
  type: z.enum(['golang', 'deb']),
  name: z.string(),
  version: z.string(),
  /** An expression of SPDX, where it is known. */
  licence: z.string().optional(),
});
export type LinkedPart = z.infer<typeof linkedPartSchema>;
export const linkedPartsSchema = z.array(linkedPartSchema);

/** @returns what `go version -m` says that programs were made of, each once, in the order of names. */
export function readBuildInfo(text: string): Pick<LinkedPart, 'name' | 'version'>[] {
  const lines = text.split('\n');
  const modules = lines.flatMap((line) => {
    const [, kind, name, version] = line.split('\t');
    // `mod` is the module of the program itself.
    return (kind === 'mod' || kind === 'dep') && name !== undefined && version !== undefined
      ? [{ name, version }]
      : [];
  });
  const compilers = lines.flatMap((line) => {
    const version = /^\S+: go(\S+)/.exec(line)?.[1];
    return version === undefined ? [] : [{ name: 'stdlib', version }];
  });
  const byId = new Map([...compilers, ...modules].map((one) => [`${one.name}@${one.version}`, one]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** @param work where the modules were downloaded to: their licences are read there. */
export async function linkedModules(buildInfo: string, work: string): Promise<LinkedPart[]> {
  return Promise.all(
    readBuildInfo(buildInfo).map(async ({ name, version }) => {
      const licence =
        name === 'stdlib' ? 'BSD-3-Clause' : await licenceIn(moduleDirectory(work, name, version));
      return { type: 'golang' as const, name, version, ...(licence === undefined ? {} : { licence }) };
    }),
  );
}

async function licenceIn(directory: string): Promise<string | undefined> {
  const names = (await readdir(directory)).filter((name) => /^(?:licen[cs]e|copying)(?:\.|$)/i.test(name));
  const texts = await Promise.all(names.sort().map((name) => readFile(join(directory, name), 'utf8')));
  const found = texts.map((text) => licenceOf(text)).filter((licence) => licence !== undefined);
  return found.length === 0 ? undefined : [...new Set(found)].sort().join(' AND ');
}

/**
 * Versions of packages that were installed in the SDK.
 *
 * @param list the SDK's `packages.txt`.
 * @param debian architecture that the program is for; a library for another one than the SDK's is in a package of cross
 * compilation.
 */
export function linkedLibraries(list: string, names: readonly string[], debian: string): LinkedPart[] {
  const versions = new Map(list.split('\n').map((line) => line.split(' ', 2) as [string, string]));
  return names.map((name) => {
    const version = versions.get(`${name}:${debian}`) ?? versions.get(`${name}-${debian}-cross`);
    if (version === undefined) throw new Error(`The SDK has no ${name} for ${debian}.`);
    return { type: 'deb', name, version };
  });
}
