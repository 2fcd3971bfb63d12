import { describe, expect, test } from 'vitest';

import { GuestApiShapeError } from '../../guest/http/errors.ts';
import { Deadline } from '../../util/deadline.ts';
import { ImageError } from '../../util/errors.ts';
import type { Call } from './call.ts';
import { livepatchCalls } from './livepatches.ts';
import { livepatchStatusSchema } from './livepatch-schemas.ts';

const PATCH = {
  ...{ name: 'a-1', title: 't', description: 'd', reference: null, replaces: 'none', reason: null },
  ...{ since: '2026-01-01T00:00:00Z', on_trial: false, offered: true, holding: [], kernel_log: [] },
};

interface Shown {
  readonly state?: string;
  readonly command?: { cmd_type: string; name: string | null; cmd_status: string; stderr?: string };
}

function statusOf({ state = 'available', command }: Shown): unknown {
  return {
    kernel: { release: '7', build_id: 'aa', version: 'Linux version 7' },
    ...{ enabled: true, taint: { value: 0, flags: [] } },
    most_recent_command: command === undefined ? null : { stderr: null, ...command },
    livepatches: [{ ...PATCH, state }],
  };
}

/** A machine that shows these one after the other, the last one for ever. */
function machine(...shown: Shown[]) {
  const calls: Call[] = [];
  const api = livepatchCalls({
    fetch: async (schema, call) => {
      calls.push(call);
      const parsed = schema.safeParse(statusOf((shown.length > 1 ? shown.shift() : shown[0]) ?? {}));
      if (!parsed.success) throw new GuestApiShapeError('shape');
      return Promise.resolve(parsed.data);
    },
    succeed: (call) => {
      calls.push(call);
      return Promise.resolve(undefined as never);
    },
    within: (timeoutMs, what) => Deadline.after(Math.min(timeoutMs, 300), what),
  });
  return { api, calls };
}

const command = (cmd_status: string, changed = {}) => ({
  cmd_type: 'apply',
  name: 'a-1',
  cmd_status,
  ...changed,
});

describe('a command', () => {
  test('is waited for until its own outcome is there', async () => {
    const { api, calls } = machine(
      { command: command('Success', { cmd_type: 'revert' }) },
      { command: command('Success', { name: 'b' }) },
      { command: command('Unknown') },
      { command: command('Success') },
    );
    await api.apply('a-1');
    expect(calls[0]).toMatchObject({
      method: 'POST',
      path: '/actions/apply-livepatch',
      query: { name: 'a-1' },
    });
    expect(calls).toHaveLength(5);
  });

  test('that fails is a failure of the image, with its reason', async () => {
    const { api } = machine({ command: command('Failed', { stderr: 'not signed' }) });
    await expect(api.apply('a-1')).rejects.toThrow(ImageError);
    await expect(api.apply('a-1')).rejects.toThrow(/apply a-1: Failed: not signed/);
  });

  test('that does not end is named', async () => {
    await expect(machine({}).api.revert('a-1')).rejects.toThrow(
      /the end of the live patch command revert a-1/,
    );
  });

  test('without a patch has a path of its own', async () => {
    const { api, calls } = machine({ command: command('Success', { cmd_type: 'refresh', name: null }) });
    await api.succeed('refresh');
    expect(calls[0]).toMatchObject({ path: '/actions/refresh-livepatches' });
  });
});

describe('a state', () => {
  test('is waited for', async () => {
    const { api } = machine({ state: 'applying' }, { state: 'stuck' });
    expect(await api.waitFor('a-1', ['applied', 'stuck'])).toMatchObject({ state: 'stuck' });
  });

  test('that does not come is named, with the last one', async () => {
    const wait = machine({ state: 'refused' }).api.waitFor('a-1', 'applied');
    await expect(wait).rejects.toThrow(/the live patch a-1 to be applied[^]*"state":"refused"/);
  });

  test('outside of the contract is no answer', () => {
    expect(livepatchStatusSchema.safeParse(statusOf({ state: 'forced' })).success).toBe(false);
  });
});
