import { dirname, join } from 'node:path';

import type { GptTable } from '../disk/gpt/table.ts';
import { exists } from '../util/files/look.ts';
import { bottlerocket } from './bottlerocket/profile.ts';
import { looksLikeBottlerocket } from './detect.ts';
import { generic } from './generic.ts';
import { PROFILE_FILE, readProfile, SHIPPED_PROFILES } from './profile-file.ts';
import type { OsProfile } from './profile.ts';

/**
 * What kind of OS an image holds: the profile that was asked for, else `hotfire.toml` in the image's directory, else what
 * the partitions show.
 *
 * @param given the name of a shipped profile, or the path of a file.
 * @throws {UsageError} for a file that can't be read or is wrong.
 */
export async function chooseProfile(
  imagePath: string,
  gpt: GptTable,
  given: string | undefined,
): Promise<OsProfile> {
  const shipped = SHIPPED_PROFILES.find(({ name }) => name === given);
  if (shipped !== undefined) return shipped;
  if (given !== undefined) return readProfile(given);
  const beside = join(dirname(imagePath), PROFILE_FILE);
  if (await exists(beside)) return readProfile(beside);
  return looksLikeBottlerocket(gpt) ? bottlerocket : generic;
}
