import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test, vi } from 'vitest';

import { Deadline } from './deadline.ts';
import { deferred } from './deferred.ts';
import { WaitTimeoutError } from './errors.ts';

const never = new Promise<never>(() => undefined);
const TIMEOUT_MS = 400;
/** Timers fire in the order of their times even where the host is so busy that all are late. */
const TOLERANCE_MS = 100;

/** How the promise ends; it must neither end before that time nor after it, counted from now. */
async function endAt(ms: number, promise: Promise<unknown>): Promise<string> {
  let outcome = 'pending';
  promise.then(
    (value) => (outcome = `value ${String(value)}`),
    (error: unknown) => (outcome = String(error)),
  );
  const early = sleep(ms - TOLERANCE_MS).then(() => outcome);
  const late = sleep(ms + TOLERANCE_MS).then(() => outcome);
  expect(await early).toBe('pending');
  return late;
}

describe('a deadline', () => {
  test('counts down to nothing, and not below', async () => {
    const deadline = Deadline.after(TIMEOUT_MS, 'an answer');
    expect(deadline.expired).toBe(false);
    expect(deadline.remainingMs()).toBeGreaterThan(0);
    expect(deadline.remainingMs()).toBeLessThanOrEqual(TIMEOUT_MS);
    await sleep(TIMEOUT_MS + TOLERANCE_MS);
    expect(deadline.expired).toBe(true);
    expect(deadline.remainingMs()).toBe(0);
  });

  test('ends a race when it passes, with what was seen by then', async () => {
    let seen = 'nothing';
    const race = Deadline.after(TIMEOUT_MS, 'an answer').race(never, () => seen);
    seen = 'a prompt';
    expect(await endAt(TIMEOUT_MS, race)).toBe(
      'WaitTimeoutError: Timed out after 400 ms waiting for an answer.\nLast seen: a prompt',
    );
    await expect(race).rejects.toBeInstanceOf(WaitTimeoutError);
  });

  test('that has passed still gives what is there', async () => {
    const deadline = Deadline.after(0, 'an answer');
    await expect(deadline.race(Promise.resolve('there'))).resolves.toBe('there');
    await expect(deadline.race(never)).rejects.toThrow('Timed out after 0 ms');
  });

  test.for([
    ['won', () => Promise.resolve()],
    ['lost', () => Promise.reject(new Error('broken'))],
  ] as const)('leaves no timer behind a race that was %s', async ([, end]) => {
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    const set = vi.spyOn(globalThis, 'setTimeout');
    await Deadline.after(TIMEOUT_MS, 'an answer')
      .race(end())
      .catch(() => undefined);
    expect(clear.mock.calls.flat()).toEqual(set.mock.results.map(({ value }) => value as unknown));
    vi.restoreAllMocks();
  });

  test('swallows a rejection that comes after it', async () => {
    const unhandled = vi.fn();
    process.once('unhandledRejection', unhandled);
    const late = deferred<never>();
    await expect(Deadline.after(1, 'an answer').race(late.promise)).rejects.toThrow('Timed out');
    late.reject(new Error('late'));
    await sleep(1);
    process.removeListener('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('aborts its signal when it passes, with its error', async () => {
    const signal = Deadline.after(TIMEOUT_MS, 'an answer').signal();
    const aborted = new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    expect(await endAt(TIMEOUT_MS, aborted)).toContain('Timed out after 400 ms waiting for an answer.');
  });
});

describe('a part of a deadline', () => {
  test('that is shorter says its own time and ends at it', async () => {
    const part = Deadline.after(10_000, 'the whole').within(TIMEOUT_MS, 'a part');
    expect(await endAt(TIMEOUT_MS, part.race(never))).toContain('Timed out after 400 ms waiting for a part.');
  });

  test('that the whole cuts off ends with it and says its time', async () => {
    const whole = Deadline.after(2 * TIMEOUT_MS, 'the whole');
    await sleep(TIMEOUT_MS);
    const part = whole.within(10_000, 'a part');
    expect(part.remainingMs()).toBeLessThanOrEqual(TIMEOUT_MS + 1);
    await expect(part.race(never)).rejects.toThrow('Timed out after 800 ms waiting for a part.');
    // Timers may fire a moment early.
    await expect.poll(() => whole.expired, { interval: 1 }).toBe(true);
  });

  test('of one that has passed has no time', async () => {
    const whole = Deadline.after(1, 'the whole');
    await sleep(5);
    expect(whole.within(10_000, 'a part').expired).toBe(true);
  });
});

describe('polling', () => {
  test('asks at once, then at every interval, and gives the first answer', async () => {
    let asked = 0;
    const probe = (): string | undefined => (++asked === 3 ? 'there' : undefined);
    const polled = Deadline.after(10 * TIMEOUT_MS, 'an answer').poll(probe, TIMEOUT_MS / 2);
    expect(asked).toBe(1);
    expect(await endAt(TIMEOUT_MS, polled)).toBe('value there');
    expect(asked).toBe(3);
  });

  test.for([null, false, 0, ''])('takes %j for an answer', async (answer) => {
    await expect(Deadline.after(TIMEOUT_MS, 'an answer').poll(() => answer, 30)).resolves.toBe(answer);
  });

  test('asks a last time at the deadline, and ends there', async () => {
    let asked = 0;
    const probe = (): undefined => void (asked += 1);
    const deadline = Deadline.after(TIMEOUT_MS, 'an answer');
    const polled = deadline.poll(probe, 10 * TIMEOUT_MS, () => `${asked} questions`);
    expect(await endAt(TIMEOUT_MS, polled)).toMatch(/Timed out after 400 ms .*\nLast seen: [23] questions/);
  });

  test('ends at the deadline though its question hangs', async () => {
    const polled = Deadline.after(TIMEOUT_MS, 'an answer').poll(() => never, 30);
    expect(await endAt(TIMEOUT_MS, polled)).toContain('Timed out after 400 ms');
  });

  test('ends with the first question that fails', async () => {
    const probe = (): Promise<never> => Promise.reject(new Error('broken'));
    await expect(Deadline.after(TIMEOUT_MS, 'an answer').poll(probe, 30)).rejects.toThrow('broken');
  });
});
