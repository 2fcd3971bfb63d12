import { setImmediate } from 'node:timers/promises';

import { Deadline, describe, expect, median, suite } from '../../harness/index.ts';
import type { Vm } from '../../harness/index.ts';

const test = suite();

const ABORTS = 300;
/** How many of them come too late depends on the host. */
const MAX_CALLS = 10 * ABORTS;
const RECONNECTS = 300;
const LOST = 'lost';

// One port carries every call: a wrong or stale byte would show as another answer.
describe('the bridge never delivers a wrong or stale byte', () => {
  test(`after each of ${ABORTS} aborted calls`, { timeout: 300_000 }, async ({ vm }) => {
    await vm.waitForBoot();
    const expected = await osText(vm);
    const usualMs = await usualCallMs(vm);
    const outcomes = { aborted: 0, answered: 0 };
    for (let call = 0; call < MAX_CALLS && outcomes.aborted < ABORTS; call += 1) {
      // From "just sent" to "answered already": every moment of a call is hit eventually.
      outcomes[await abandonedCall(vm, (usualMs * (1 + (call % 20))) / 10)] += 1;
      expect(await osText(vm)).toBe(expected);
    }
    expect(outcomes.aborted).toBe(ABORTS);
    expect(outcomes.answered).toBeGreaterThan(0);
  });

  test(`over ${RECONNECTS} reconnects in the middle of calls`, { timeout: 600_000 }, async ({ vm }) => {
    const expected = await osText(vm);
    const cutShort: Promise<string>[] = [];
    for (let attempt = 0; attempt < RECONNECTS; attempt += 1) {
      cutShort.push(osText(vm).catch(lostOrError));
      await setImmediate();
      vm.bridge.guestReset();
      expect(await osText(vm)).toBe(expected);
    }
    const outcomes = await Promise.all(cutShort);
    for (const text of outcomes) expect([LOST, expected]).toContain(text);
    expect(outcomes.filter((text) => text === LOST).length).toBeGreaterThan(RECONNECTS / 2);
  });

  test('over a reset in the middle of a call', { timeout: 300_000 }, async ({ vm }) => {
    const expected = await osText(vm);
    const lost = osText(vm).catch(lostOrError);
    await vm.reset();
    expect([LOST, expected]).toContain(await lost);
    await vm.waitForApi();
    expect(await osText(vm)).toBe(expected);
  });
});

async function osText(vm: Vm): Promise<string> {
  return (await vm.api.request({ method: 'GET', path: '/os' })).text;
}

/** How a call ends when the bridge does: a wrong answer would be another error. */
function lostOrError(error: unknown): string {
  return / got no answer: /.test(String(error)) ? LOST : String(error);
}

async function usualCallMs(vm: Vm): Promise<number> {
  const samples: number[] = [];
  for (let call = 0; call < 20; call += 1) {
    const startedAtMs = performance.now();
    await vm.api.services();
    samples.push(performance.now() - startedAtMs);
  }
  return median(samples);
}

async function abandonedCall(vm: Vm, afterMs: number): Promise<'aborted' | 'answered'> {
  const deadline = Deadline.after(afterMs, 'nothing: this call is abandoned');
  const outcome = await vm.api.request({ method: 'GET', path: '/services', deadline }).then(
    ({ status }) => status,
    (error: unknown) => String(error),
  );
  if (outcome === 200) return 'answered';
  expect(outcome).toMatch(/abandoned[\s\S]*sent, no whole answer yet/);
  return 'aborted';
}
