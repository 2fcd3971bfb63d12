import { UsageError } from '../../util/errors.ts';
import type { UserData } from './channels.ts';
import { checkCredentials } from './credentials.ts';

/** @throws {UsageError} for user-data that no machine can be given: two pieces in one place, or a bad credential. */
export function checkUserData(userData: readonly UserData[]): void {
  const credentials = userData.filter((piece) => piece.channel === 'credentials');
  checkCredentials(credentials);
  const channels = userData.map(({ channel }) => channel).filter((channel) => channel !== 'credentials');
  const twice = repeated(channels);
  if (twice !== undefined) {
    throw new UsageError(`User-data is given twice through "${twice}"; each channel carries one.`, {
      hint: 'The settings of services go through "fw-cfg"; give others through another channel.',
    });
  }
  if (channels.includes('cd-rom') && channels.includes('nocloud')) {
    throw new UsageError(
      'User-data through "cd-rom" and "nocloud" exclude each other: a machine has one CD-ROM.',
    );
  }
}

function repeated<T>(items: readonly T[]): T | undefined {
  return items.find((item, index) => items.indexOf(item) !== index);
}
