import type { Deadline } from '../util/deadline.ts';
import { GuestApiError } from '../guest/http/errors.ts';
import { ApiTransport } from '../guest/http/transport.ts';
import type { Bridge } from '../guest/bridge/bridge.ts';

/** How a service ends: by its administrator's wish, or without warning. systemd starts it again in both cases. */
export type ServiceEnding = 'restart' | 'kill';

/**
 * Ends a service of a guest that has the capability `bench-service`.
 *
 * @param unit its systemd unit.
 * @throws {GuestApiError} @throws {GuestConnectionError} @throws {WaitTimeoutError}
 */
export function endService(
  bridge: Bridge,
  unit: string,
  ending: ServiceEnding,
  deadline: Deadline,
): Promise<void> {
  return post(bridge, `/${ending}`, { unit }, deadline);
}

/** Lets the guest write to its DATA partition; resolves when all of it is on the disk for good. Throws as `endService`. */
export function writeInGuest(bridge: Bridge, bytes: number, deadline: Deadline): Promise<void> {
  return post(bridge, '/write', { bytes: String(bytes) }, deadline);
}

/**
 * Steps the guest's clock, as a wrong time server does. Throws as `endService`.
 *
 * @param bySeconds back if it is negative.
 */
export function stepClock(bridge: Bridge, bySeconds: number, deadline: Deadline): Promise<void> {
  return post(bridge, '/clock', { seconds: String(bySeconds) }, deadline);
}

async function post(
  bridge: Bridge,
  path: string,
  query: Record<string, string>,
  deadline: Deadline,
): Promise<void> {
  await using transport = new ApiTransport(bridge, 'bench');
  const { status, text } = await transport.request({ method: 'POST', path, query, deadline });
  if (status !== 204) throw new GuestApiError('POST', path, status, text);
}
