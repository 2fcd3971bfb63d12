import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dir } from 'tmp-promise';

import { Bridge } from '../../guest/bridge/bridge.ts';
import { ScriptedGuest } from '../../guest/bridge/testing/scripted-guest.ts';
import { GuestApiError } from '../../guest/http/errors.ts';
import { Deadlines } from '../../qemu/deadlines.ts';
import { Deadline } from '../../util/deadline.ts';
import { Disposables } from '../../util/disposables.ts';
import { ImageError } from '../../util/errors.ts';
import { ApiClient } from './client.ts';
import type { UpdateStatus } from './schemas.ts';

let cleanup: Disposables;
let guest: ScriptedGuest;
let api: ApiClient;

const soon = (): { deadline: Deadline } => ({ deadline: Deadline.after(60_000, 'the API') });

beforeEach(async () => {
  cleanup = new Disposables();
  const run = await dir({ prefix: 'updates-', unsafeCleanup: true });
  cleanup.defer(run.cleanup);
  guest = cleanup.use(await ScriptedGuest.listen(join(run.path, 'bridge.sock')));
  const bridge = cleanup.use(await Bridge.connect(join(run.path, 'bridge.sock'), soon().deadline));
  api = cleanup.use(new ApiClient(bridge, new Deadlines('vm-3', 0.02)));
  await guest.greet();
});

afterEach(async () => {
  await cleanup[Symbol.asyncDispose]();
});

/** Answers the next request, and gives its first line. */
async function answer(status: number, body = ''): Promise<string | undefined> {
  const { stream, payload } = await guest.next('data');
  guest.sendData(stream, `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  return payload.toString().split(' HTTP', 1)[0];
}

type Outcome = NonNullable<UpdateStatus['most_recent_command']>;

function statusAfter(command: Outcome | null): UpdateStatus {
  return {
    ...{ update_state: 'Idle', available_updates: [], chosen_update: null },
    ...{ active_partition: null, staging_partition: null, most_recent_command: command },
  };
}

function outcome(changed: Partial<Outcome> = {}): Outcome {
  return { cmd_type: 'prepare', cmd_status: 'Success', exit_status: 0, stderr: null, ...changed };
}

/** Lets `prepare` start, and ends it so. @returns what the caller gets. */
async function prepared(command: Outcome | null): Promise<UpdateStatus> {
  const call = api.updates.succeed('prepare', soon());
  call.catch(() => undefined);
  expect(await answer(204)).toBe('POST /actions/prepare-update');
  expect(await answer(200, JSON.stringify(statusAfter(command)))).toBe('GET /updates/status');
  return call;
}

describe('a command that has to succeed', () => {
  test('gives the status after its success', async () => {
    expect(await prepared(outcome())).toEqual(statusAfter(outcome()));
  });

  test.each([
    ['without an outcome', null, 'prepare: the guest reports no outcome'],
    ['that failed', outcome({ cmd_status: 'Failed', stderr: 'no room' }), 'prepare: Failed: no room'],
    ['of an unknown outcome', outcome({ cmd_status: 'Unknown' }), 'prepare: Unknown'],
    [
      'whose outcome is that of another',
      outcome({ cmd_type: 'refresh' }),
      'prepare: the guest reports its outcome as that of refresh',
    ],
  ])('%s is a failure of the image', async (_what, command, message) => {
    const error: unknown = await prepared(command).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImageError);
    expect(String(error)).toContain(message);
  });

  test('is not waited for when it is refused', async () => {
    const call = api.updates.succeed('activate', soon());
    call.catch(() => undefined);
    expect(await answer(423, 'busy')).toBe('POST /actions/activate-update');
    await expect(call).rejects.toThrow(new GuestApiError('POST', '/actions/activate-update', 423, 'busy'));
  });
});

describe('a command at work', () => {
  test('is waited for as long as the status is locked', async () => {
    const call = api.updates.run('prepare', soon());
    await answer(204);
    for (let turn = 0; turn < 3; turn += 1) expect(await answer(423, 'locked')).toBe('GET /updates/status');
    await answer(200, JSON.stringify(statusAfter(outcome({ cmd_status: 'Failed' }))));
    expect((await call).most_recent_command?.cmd_status).toBe('Failed');
  });

  test('ends with any other error of the status', async () => {
    const call = api.updates.statusAtRest(soon());
    call.catch(() => undefined);
    await answer(404, 'no status');
    await expect(call).rejects.toThrow(new GuestApiError('GET', '/updates/status', 404, 'no status'));
  });

  test('that does not end is named', async () => {
    await expect(api.updates.statusAtRest()).rejects.toThrow(
      /1200 ms .*the end of the update command on vm-3/,
    );
  });
});

test.each([
  ['refresh', 'POST /actions/refresh-updates'],
  ['deactivate', 'POST /actions/deactivate-update'],
] as const)('%s has its own path', async (command, line) => {
  const call = api.updates.start(command, soon());
  expect(await answer(204)).toBe(line);
  await call;
});

test('a rollback is an action without a body', async () => {
  const call = api.updates.rollBack(soon());
  expect(await answer(204)).toBe('POST /actions/rollback');
  await call;
});
