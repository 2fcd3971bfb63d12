import { readFile } from 'node:fs/promises';

import { InfrastructureError } from '../../../harness/util/errors.ts';
import { CommandError } from '../command/run.ts';

/** What go prints when a module doesn't come; one that comes with the wrong content is no fault of the network. */
const SYMPTOMS =
  /dial tcp|no such host|connection re(?:fused|set)|i\/o timeout|TLS handshake timeout|unexpected EOF|tls: |x509: |: [45]\d\d [A-Z]/;

/** @returns the error to report instead of `error`: a module proxy that does not answer is the host's matter. */
export async function explainModuleProxy(error: unknown): Promise<unknown> {
  if (!(error instanceof CommandError)) return error;
  const log = await readFile(error.log, 'utf8');
  const symptom = log.split('\n').find((line) => SYMPTOMS.test(line));
  if (symptom === undefined) return error;
  return new InfrastructureError(`A module of Go did not come: ${symptom.trim()} (log: ${error.log}).`, {
    cause: error,
    hint: 'Try again, or name a module proxy that this host reaches in the environment variable GOPROXY.',
  });
}
