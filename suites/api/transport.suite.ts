import { setImmediate } from 'node:timers/promises';

import { Deadline, describe, expect, suite } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = suite();

const ABORTS = 500;
const RECONNECTS = 300;

// One port carries every call: a wrong or stale byte would show as another answer.
describe('the bridge never delivers a wrong or stale byte', () => {
  test(`after each of ${ABORTS} aborted calls`, { timeout: 300_000 }, async ({ vm }) => {
    await vm.waitForBoot();
    const expected = await osText(vm);
    for (let attempt = 0; attempt < ABORTS; attempt += 1) {
      // From "not sent yet" to "answered already": every moment of a call is hit eventually.
      await abandonedCall(vm, (attempt % 10) / 2);
      expect(await osText(vm)).toBe(expected);
    }
  });

  test(`over ${RECONNECTS} reconnects in the middle of calls`, { timeout: 600_000 }, async ({ vm }) => {
    const expected = await osText(vm);
    const cutShort: Promise<string>[] = [];
    for (let attempt = 0; attempt < RECONNECTS; attempt += 1) {
      cutShort.push(osText(vm).catch(() => 'lost'));
      await setImmediate();
      vm.bridge.guestReset();
      expect(await osText(vm)).toBe(expected);
    }
    for (const text of await Promise.all(cutShort)) expect(['lost', expected]).toContain(text);
  });

  test('over a reset in the middle of a call', { timeout: 300_000 }, async ({ vm }) => {
    const expected = await osText(vm);
    const lost = osText(vm).catch(() => 'lost');
    await vm.reset();
    expect(['lost', expected]).toContain(await lost);
    await vm.waitForApi();
    expect(await osText(vm)).toBe(expected);
  });
});

async function osText(vm: Vm): Promise<string> {
  return (await vm.api.request({ method: 'GET', path: '/os' })).text;
}

async function abandonedCall(vm: Vm, afterMs: number): Promise<void> {
  const deadline = Deadline.after(afterMs, 'nothing: this call is abandoned');
  await vm.api.request({ method: 'GET', path: '/services', deadline }).catch(() => undefined);
}
