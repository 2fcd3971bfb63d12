import { readFile } from 'node:fs/promises';

import { InfrastructureError } from '../../../harness/util/errors.ts';
import { CommandError } from '../command/run.ts';
import type { Mirror } from './mirror.ts';

/** What apt prints when the mirror fails (apt-get, apt methods http and https). */
const SYMPTOMS =
  /Could not resolve|Temporary failure resolving|Could not connect|Connection (?:timed out|refused|failed|reset)|Failed to fetch|Unable to connect|Cannot initiate the connection|does not have a Release file|File not found|NO_PUBKEY|Certificate verification failed|Network is unreachable/;

/** @returns the error to report instead of `error`: a mirror that does not answer is the host's matter. */
export async function explainMirror(error: unknown, mirror: Mirror): Promise<unknown> {
  if (!(error instanceof CommandError)) return error;
  const log = await readFile(error.log, 'utf8');
  const symptom = log.split('\n').find((line) => SYMPTOMS.test(line));
  if (symptom === undefined) return error;
  return new InfrastructureError(
    `The mirror ${mirror.archive} did not deliver: ${symptom.trim()} (log: ${error.log}).`,
    {
      cause: error,
      hint: 'Try again, or name another mirror of Debian: `npm run image -- --mirror URL`.',
    },
  );
}
