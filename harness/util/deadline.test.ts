import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { Deadline } from './deadline.ts';

const never = new Promise<never>(() => undefined);

test('a part that is shorter than the whole says its own time', async () => {
  const part = Deadline.after(10_000, 'the whole').within(20, 'a part');
  await expect(part.race(never)).rejects.toThrow('Timed out after 20 ms waiting for a part.');
});

test('a part that the whole cuts off says the time of the whole', async () => {
  const whole = Deadline.after(50, 'the whole');
  await sleep(60);
  const startedAtMs = performance.now();
  await expect(whole.within(60_000, 'a part').race(never)).rejects.toThrow('Timed out after 50 ms');
  expect(performance.now() - startedAtMs).toBeLessThan(30_000);
});
