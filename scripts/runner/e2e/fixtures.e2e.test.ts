import { describe, expect, it } from 'vitest';

import { Workplace } from './testing/workplace.ts';

describe('fixtures of suites', { timeout: 120_000 }, () => {
  it('end a wait before the limit of its test, with what it waited for', async (context) => {
    const place = await Workplace.create(context, {
      'slow/a.suite.ts': `
        const limited = suite();
        const never = new Promise(() => undefined);
        limited('hangs', { timeout: 3000 }, () => within(60_000, 'an answer').race(never));
        limited('hangs after a while', { timeout: 3000 }, async () => {
          await new Promise((resolve) => setTimeout(resolve, 1500));
          await within(60_000, 'the rest').race(never);
        });
        limited('has no deadline', { timeout: 1000 }, () => step('a step that never ends', () => never));
        limited('is short', { timeout: 3000 }, () => Deadline.after(100, 'a promise').race(never));`,
    });
    const { exitCode, stdout } = await place.run();
    expect(exitCode).toBe(1);
    expect(stdout.match(/Test timed out/g)).toHaveLength(1);
    expect(stdout).toMatch(/Test timed out in 1000ms\..*It was in "a step that never ends", for \d+ ms\./s);
    // 3000 ms without the margin for the report, and what a busy host had used up before.
    expect(waitedFor('an answer', stdout)).toBeLessThanOrEqual(2400);
    expect(waitedFor('the rest', stdout)).toBeLessThanOrEqual(900);
    expect(stdout).toMatch(/100 ms .*a promise(?! \()/);
  });

  it('skip a test whose helper needs what the image lacks', async (context) => {
    const place = await Workplace.create(context, {
      'slots/a.suite.ts': `
        const tests = suite();
        const readSlots = () => { needs('ab-slots', 'updates'); };
        tests('reads the slots', () => { readSlots(); throw new Error('not reached'); });
        tests('needs nothing', () => undefined);`,
    });
    const { exitCode, stdout } = await place.run();
    expect(stdout).toContain('skip  reads the slots: the image lacks ab-slots, updates');
    expect(stdout).toMatch(/\n1 passed, 0 failed, 1 skipped$/);
    expect(exitCode).toBe(0);
  });
});

/** How long a wait lasted that was cut by its test's limit, in milliseconds. */
function waitedFor(what: string, stdout: string): number {
  const pattern = new RegExp(`(\\d+) ms .*${what} \\(all that was left of the test's 3000 ms\\)`);
  return Number(pattern.exec(stdout)?.[1]);
}
