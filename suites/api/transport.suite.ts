import { setImmediate } from 'node:timers/promises';

import { bootFinished, Deadline, describe, expect, suite, within } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = suite({ requires: ['bridge'] });

const ABORTS = 500;
const RECONNECTS = 300;

describe('one virtio-serial port carries every call, and never a wrong or stale byte', () => {
  test(
    `${ABORTS} calls are aborted, each followed at once by another`,
    { timeout: 300_000 },
    async ({ vm }) => {
      await bootFinished(vm, within(30_000, 'all units to start'));
      const expected = await osText(vm);
      for (let attempt = 0; attempt < ABORTS; attempt += 1) {
        // From "not sent yet" to "answered already": every moment of a call is hit some time.
        await abandonedCall(vm, (attempt % 10) / 2);
        expect(await osText(vm)).toBe(expected);
      }
    },
  );

  test(
    `the host reconnects ${RECONNECTS} times in the middle of calls`,
    { timeout: 600_000 },
    async ({ vm }) => {
      const expected = await osText(vm);
      const cutShort: Promise<string>[] = [];
      for (let attempt = 0; attempt < RECONNECTS; attempt += 1) {
        cutShort.push(osText(vm).catch(() => 'lost'));
        await setImmediate();
        vm.bridge.guestReset();
        expect(await osText(vm)).toBe(expected);
      }
      for (const text of await Promise.all(cutShort)) expect(['lost', expected]).toContain(text);
    },
  );

  test('the machine is reset in the middle of a call', { timeout: 300_000 }, async ({ vm }) => {
    const expected = await osText(vm);
    const lost = osText(vm).catch(() => 'lost');
    await vm.reset(within(10_000, 'the machine to be reset'));
    expect(['lost', expected]).toContain(await lost);
    await vm.waitForApi(within(60_000, 'the machine to be back'));
    expect(await osText(vm)).toBe(expected);
  });
});

async function osText(vm: Vm): Promise<string> {
  const deadline = within(5000, 'an answer');
  return (await vm.api.request({ method: 'GET', path: '/os', deadline })).text;
}

async function abandonedCall(vm: Vm, afterMs: number): Promise<void> {
  const deadline = Deadline.after(afterMs, 'nothing: this call is abandoned');
  await vm.api.request({ method: 'GET', path: '/services', deadline }).catch(() => undefined);
}
