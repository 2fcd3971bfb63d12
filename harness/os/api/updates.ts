import type { Deadline } from '../../util/deadline.ts';
import { ImageError } from '../../util/errors.ts';
import type { ApiClient } from './client.ts';
import { GuestApiError } from '../../guest/http/errors.ts';
import type { UpdateCommand, UpdateStatus } from './schemas.ts';

const POLL_MS = 20;
/** What the host API answers while a command works. */
const LOCKED = 423;

/** Starts a command and waits for its end, whatever that is. */
export async function runUpdateCommand(
  api: ApiClient,
  command: UpdateCommand,
  deadline: Deadline,
): Promise<UpdateStatus> {
  await api.updates.start(command, { deadline });
  return updateStatusAtRest(api, deadline);
}

/** @throws {ImageError} with what the updater said, when the command fails. */
export async function succeedInUpdate(
  api: ApiClient,
  command: UpdateCommand,
  deadline: Deadline,
): Promise<UpdateStatus> {
  const status = await runUpdateCommand(api, command, deadline);
  const { cmd_status: outcome, stderr } = status.most_recent_command ?? {};
  if (outcome !== 'Success') throw new ImageError(`${command}: ${String(outcome)}: ${String(stderr)}`);
  return status;
}

/** The status as soon as no command works any more. */
export function updateStatusAtRest(api: ApiClient, deadline: Deadline): Promise<UpdateStatus> {
  return deadline.poll(async () => {
    try {
      return await api.updates.status({ deadline });
    } catch (error) {
      if (error instanceof GuestApiError && error.status === LOCKED) return undefined;
      throw error;
    }
  }, POLL_MS);
}
