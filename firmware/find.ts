import { access, constants } from 'node:fs/promises';

import { InfrastructureError } from '../harness/util/errors.ts';
import type { Descriptor } from './descriptor.ts';
import { mismatch, type FirmwareRequest } from './match.ts';
import { descriptorDirectories, readDescriptors, type Found } from './search.ts';

const FORMATS = ['raw', 'qcow2'] as const;

export interface PassedOver {
  readonly path: string;
  /** Completes the sentence "The firmware of this descriptor …". */
  readonly reason: string;
}

export interface Firmware {
  readonly descriptorPath: string;
  readonly description: string;
  readonly codePath: string;
  /** To be copied for each machine, which writes its copy. */
  readonly varsTemplatePath: string;
  readonly format: (typeof FORMATS)[number];
  readonly features: readonly string[];
  readonly requiresSmm: boolean;
  readonly passedOver: readonly PassedOver[];
}

/**
 * The UEFI firmware that this host prefers for the machine, by QEMU's own descriptors.
 *
 * @param hint how to get firmware for this architecture.
 * @throws {InfrastructureError} if none fits, with the reason for each.
 */
export async function findFirmware(
  request: FirmwareRequest,
  hint: string,
  directories: readonly string[] = descriptorDirectories(),
): Promise<Firmware> {
  const passedOver: PassedOver[] = [];
  let chosen: Omit<Firmware, 'passedOver'> | undefined;
  for (const found of await readDescriptors(directories)) {
    const candidate = await examine(found, request);
    if (typeof candidate === 'string') passedOver.push({ path: found.path, reason: candidate });
    else if (chosen === undefined) chosen = candidate;
    else passedOver.push({ path: found.path, reason: `comes after ${chosen.descriptorPath}, which fits` });
  }
  if (chosen === undefined)
    throw new InfrastructureError(noneFits(request, directories, passedOver), { hint });
  return { ...chosen, passedOver };
}

/** The firmware, or why it is passed over. */
async function examine(
  found: Found,
  request: FirmwareRequest,
): Promise<Omit<Firmware, 'passedOver'> | string> {
  if ('problem' in found) return found.problem;
  const { path, descriptor } = found;
  return mismatch(descriptor, request) ?? (await firmwareOf(path, descriptor));
}

async function firmwareOf(
  descriptorPath: string,
  { description, mapping, features }: Descriptor,
): Promise<Omit<Firmware, 'passedOver'> | string> {
  const { executable: code, 'nvram-template': vars } = mapping;
  if (code === undefined) return 'names no executable';
  if (vars === undefined) return 'has no variable store apart from its code';
  const { format } = code;
  if (format !== vars.format) return `mixes the formats ${format} and ${vars.format}`;
  const known = FORMATS.find((one) => one === format);
  if (known === undefined) return `has the format ${format}, not raw or qcow2`;
  for (const { filename } of [code, vars]) {
    if (!(await isReadable(filename))) return `names ${filename}, which can't be read`;
  }
  return {
    descriptorPath,
    description,
    codePath: code.filename,
    varsTemplatePath: vars.filename,
    format: known,
    features,
    requiresSmm: features.includes('requires-smm'),
  };
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function noneFits(
  { arch, secureBoot }: FirmwareRequest,
  directories: readonly string[],
  passedOver: readonly PassedOver[],
): string {
  const wanted = `UEFI firmware for ${arch} ${secureBoot ? 'with' : 'without'} Secure Boot`;
  const reasons =
    passedOver.length === 0
      ? `there is no descriptor in ${directories.join(', ')}`
      : passedOver.map(({ path, reason }) => `\n  ${path} ${reason}`).join('');
  return `This host has no ${wanted}: ${reasons}.`;
}
