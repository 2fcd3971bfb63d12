import type { ApiClient } from '../../os/api/client.ts';
import { GuestConnectionError } from '../../guest/http/errors.ts';
import type { Deadline } from '../../util/deadline.ts';
import { messageOf } from '../../util/errors.ts';

const RETRY_API_MS = 50;

/** Waits until the host API answers, whatever it answers. */
export async function firstAnswer(api: ApiClient, deadline: Deadline): Promise<void> {
  let lastSeen = 'no answer to any request';
  await deadline.poll(
    async () => {
      try {
        await api.request({ method: 'GET', path: '/', deadline });
        return true;
      } catch (error) {
        // The bridge is up before the API's socket is, and starts again with each boot.
        if (!(error instanceof GuestConnectionError)) throw error;
        lastSeen = messageOf(error);
        return undefined;
      }
    },
    RETRY_API_MS,
    () => lastSeen,
  );
}
