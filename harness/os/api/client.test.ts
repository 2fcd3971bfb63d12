import { join } from 'node:path';

import { dir } from 'tmp-promise';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { ApiClient } from './client.ts';
import { GuestApiError, GuestApiShapeError, GuestConnectionError } from '../../guest/http/errors.ts';
import { Bridge } from '../../guest/bridge/bridge.ts';
import { ScriptedGuest } from '../../guest/bridge/testing/scripted-guest.ts';

let cleanup: Disposables;
let guest: ScriptedGuest;
let bridge: Bridge;
let api: ApiClient;

const soon = (): { deadline: Deadline } => ({ deadline: Deadline.after(60_000, 'the API') });
const OS = { pretty_name: 'S 1', variant_id: 'v', version_id: '1', build_id: 'b', arch: 'x86_64' };

beforeEach(async () => {
  cleanup = new Disposables();
  const run = await dir({ prefix: 'api-', unsafeCleanup: true });
  cleanup.defer(run.cleanup);
  guest = cleanup.use(await ScriptedGuest.listen(join(run.path, 'bridge.sock')));
  bridge = cleanup.use(await Bridge.connect(join(run.path, 'bridge.sock'), soon().deadline));
  api = cleanup.use(new ApiClient(bridge, new Deadlines('vm-3', 0.02)));
  await guest.greet();
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

/** Answers the next request and gives its text. */
async function answer(status: number, body: string): Promise<string> {
  const { stream, payload } = await guest.next('data');
  guest.sendData(stream, `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  return payload.toString();
}

test('calls wait for the guest, and share a connection', async () => {
  for (let round = 0; round < 2; round++) {
    const call = api.os(soon());
    expect(await answer(200, JSON.stringify({ ...OS, extra: 1 }))).toMatch(/^GET \/os HTTP\/1.1\r\n/);
    expect(await call).toEqual(OS);
  }
  const other = api.settings({ ...soon(), keys: ['settings.motd', 'settings.a'] });
  expect(await answer(200, '{}')).toContain('GET /settings?keys=settings.motd%2Csettings.a HTTP');
  expect(await other).toEqual({});
});

test('a patch is JSON for one transaction', async () => {
  const call = api.patchSettings({ motd: 'hi' }, { ...soon(), tx: 't1' });
  const request = await answer(204, '');
  expect(request).toContain('PATCH /settings?tx=t1 HTTP');
  expect(request).toContain('content-type: application/json');
  await call;
});

test('an error keeps the plain text that the contract gives', async () => {
  const call = api.tx.commit(soon());
  await answer(422, 'Tried to commit with no pending changes');
  await expect(call).rejects.toThrow(
    new GuestApiError('POST', '/tx/commit', 422, 'Tried to commit with no pending changes'),
  );
});

test('a raw request gives any status as it is', async () => {
  const call = api.request({ method: 'DELETE', path: '/os', ...soon() });
  await answer(405, 'no');
  expect(await call).toMatchObject({ status: 405, text: 'no' });
});

test.each([
  ['{"arch":1}', /unknown shape:\n.*pretty_name/s],
  ['<html>', /no JSON: <html>/],
])('the answer %s is reported as malformed', async (body, message) => {
  const call = api.os(soon());
  await answer(200, body);
  await expect(call).rejects.toThrow(message);
  await expect(call).rejects.toThrow(GuestApiShapeError);
});

test('a reset fails the call in flight; the next one works when the guest is back', async () => {
  const call = api.os(soon());
  await guest.next('data');
  bridge.guestReset();
  await expect(call).rejects.toThrow(GuestConnectionError);
  await expect(call).rejects.toThrow(/GET \/os got no answer: .*the machine was reset/);
  const next = api.os(soon());
  await guest.greet();
  await answer(200, JSON.stringify(OS));
  expect(await next).toEqual(OS);
});

test('a call without an answer ends at its default deadline and names itself', async () => {
  // The first may expire before it is sent.
  await vi.waitFor(
    () =>
      expect(api.os()).rejects.toThrow(
        /200 ms .*GET \/os on vm-3.*\nLast seen: GET \/os sent, no whole answer yet/,
      ),
    60_000,
  );
});

test('a command without an end is named with its machine', async () => {
  const patient = cleanup.use(new ApiClient(bridge, new Deadlines('vm-3', 0.05)));
  const wait = expect(patient.updates.run('prepare', { deadline: undefined })).rejects.toThrow(
    /3000 ms .*the end of the update command prepare on vm-3/,
  );
  await answer(204, '');
  await wait;
});
