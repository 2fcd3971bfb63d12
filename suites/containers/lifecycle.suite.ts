import { containerSuite, describe, expect, measure } from '../../harness/index.ts';
import type { Containers } from '../../harness/index.ts';
import { resting, WORKLOAD } from '../support/workload.ts';
import { running } from './support/running.ts';

const test = running(containerSuite());

/** 128 + SIGKILL. */
const KILLED = 137;
const LINES = 20_000;
/** With --exhaustive, on a slow host. */
const SEVERAL_MS = 1_800_000;

describe('a container', () => {
  test('prints at once and ends with its exit code', async ({ containers }) => {
    const begun = performance.now();
    const one = await containers.run({ name: 'one', image: WORKLOAD, args: ['exit', '7'] });
    expect(await one.waitForExit()).toMatchObject({ state: 'exited', exitCode: 7, oomKilled: false });
    measure('create to exit', 'ms', performance.now() - begun);
    expect(await one.logs()).toEqual([{ stream: 'stdout', text: 'exit 7' }]);
  });

  test('that listens to SIGTERM ends before its grace does', async ({ containers }) => {
    const one = await resting(containers, 'one');
    await one.stop(600);
    expect(await one.status()).toMatchObject({ state: 'exited', exitCode: 0 });
  });

  test('that ignores SIGTERM is killed after its grace', async ({ containers }) => {
    const one = await containers.run({ name: 'one', image: WORKLOAD, args: ['ignore-term'] });
    await expect.poll(async () => (await one.logs()).length, { timeout: 60_000 }).toBe(1);
    await one.stop(2);
    expect(await one.status()).toMatchObject({ state: 'exited', exitCode: KILLED });
    expect((await one.logs()).map(({ text }) => text)).toEqual(['ready', 'ignored SIGTERM']);
  });

  test('whose directory is a file says so and leaves nothing running', async ({ containers }) => {
    const lost = containers.run({ name: 'lost', image: WORKLOAD, workingDirectory: '/workload' });
    await expect(lost).rejects.toThrow(/workload/);
    expect((await containers.list()).filter(({ state }) => state === 'running')).toEqual([]);
  });

  test('keeps every line of its log under flood', async ({ containers }) => {
    const one = await containers.run({ name: 'one', image: WORKLOAD, args: ['flood', String(LINES)] });
    await one.waitForExit();
    const lines = (await one.logs()).map(({ text }) => text);
    expect(lines.length).toBe(LINES);
    const wrong = lines.findIndex((line, index) => !line.startsWith(`${index + 1} .`) || line.length !== 79);
    expect(wrong).toBe(-1);
  });
});

/** Under emulation each takes seconds of the host's processors; 50 are for the nightly. */
const SEVERAL = { sampled: 5, exhaustive: 50 };

describe('several containers', () => {
  test('in series', { timeout: SEVERAL_MS }, async ({ containers, exhaustive }) => {
    const times: number[] = [];
    for (let number = 0; number < severalOf(exhaustive); number += 1) {
      const begun = performance.now();
      expect(await exitOf(containers, number)).toBe(number);
      times.push(performance.now() - begun);
    }
    measure('create to exit, in series', 'ms', times);
  });

  test('at once', { timeout: SEVERAL_MS }, async ({ containers, exhaustive }) => {
    const begun = performance.now();
    const numbers = Array.from({ length: severalOf(exhaustive) }, (_, number) => number);
    const codes = await Promise.all(numbers.map((number) => exitOf(containers, number)));
    expect(codes).toEqual(numbers);
    measure(`${numbers.length} containers at once`, 'ms', performance.now() - begun);
  });
});

function severalOf(exhaustive: boolean): number {
  return exhaustive ? SEVERAL.exhaustive : SEVERAL.sampled;
}

async function exitOf(containers: Containers, code: number): Promise<number> {
  const one = await containers.run({ name: `one-${code}`, image: WORKLOAD, args: ['exit', String(code)] });
  return (await one.waitForExit()).exitCode;
}
