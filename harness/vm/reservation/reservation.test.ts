import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { needPidNamespace, NEW_PID_NAMESPACE } from '../../util/testing/namespace.ts';
import { otherProcess } from '../../util/testing/other-process.ts';
import { scratchDirectory } from '../../util/testing/scratch.ts';
import { InfrastructureError } from '../../util/errors.ts';
import { generic } from '../../os/generic.ts';
import type { Image } from '../../image/open.ts';
import { resolveSpec } from '../spec.ts';
import { reasonToWait } from './admission.ts';
import { needOf } from './need.ts';
import { reserve, type ReserveOptions } from './reserve.ts';
import type { Ticket } from './ticket.ts';

const WAITING_RUN = join(import.meta.dirname, 'testing/waiting-run.ts');
const CAPACITY = { memoryMiB: 1000, cpus: 4, availableMiB: 1000 };
const small = { memoryMiB: 400, cpus: 1 };

async function host(): Promise<ReserveOptions & { directory: string }> {
  const scratch = await scratchDirectory();
  return { directory: scratch('reservations'), capacity: () => CAPACITY };
}

describe('reserve', () => {
  test('gives what there is, and lets the next one wait until something comes back', async () => {
    const options = await host();
    const first = await reserve(small, options);
    await reserve(small, options);
    const notices: string[] = [];
    let admitted = false;
    const third = reserve(small, { ...options, notice: (text) => notices.push(text) });
    void third.then(() => (admitted = true));
    await sleep(300);
    expect(admitted).toBe(false);
    expect(notices).toEqual(['waits for room on this host: 2 machines have 800 of 1000 MiB for machines']);
    first.release();
    (await third).release();
    expect(readdirSync(options.directory)).toHaveLength(1);
  });

  test('a machine larger than the host is refused at once', async () => {
    const refusal = reserve({ memoryMiB: 1001, cpus: 1 }, await host());
    await expect(refusal).rejects.toBeInstanceOf(InfrastructureError);
    await expect(refusal).rejects.toThrow(/needs 1001 MiB; this host has 1000 MiB for all machines together/);
  });

  test('waiting ends at its limit with the reason, and leaves the queue', async () => {
    const options = await host();
    await reserve({ memoryMiB: 900, cpus: 1 }, options);
    const wait = reserve(small, { ...options, waitMs: 50 });
    await expect(wait).rejects.toThrow(/room for a machine of 400 MiB.*Last seen: 1 machines have 900 of/s);
    expect(readdirSync(options.directory)).toHaveLength(1);
  });

  test('what a dead process had is free', async () => {
    const options = await host();
    (await reserve(small, options)).release();
    writeFileSync(`${options.directory}/000000000000001-run-00000000dead-1-900mib-4cpu`, '');
    await reserve(small, { ...options, notice: (text) => expect.fail(text) });
    expect(readdirSync(options.directory)).toHaveLength(1);
  });

  test('ends its wait when it is aborted, and leaves the queue', async () => {
    const options = await host();
    await reserve({ memoryMiB: 900, cpus: 1 }, options);
    const controller = new AbortController();
    const notice = (): void => {
      controller.abort(new Error('interrupted'));
    };
    const startedAtMs = performance.now();
    const wait = reserve(small, { ...options, notice, signal: controller.signal });
    await expect(wait).rejects.toThrow('interrupted');
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
    expect(readdirSync(options.directory)).toHaveLength(1);
  });

  test('does not let a small machine overtake a large one that waits', async () => {
    const options = await host();
    const first = await reserve({ memoryMiB: 600, cpus: 1 }, options);
    const admitted: string[] = [];
    const large = reserve({ memoryMiB: 800, cpus: 1 }, options).then(() => admitted.push('large'));
    await expect.poll(() => readdirSync(options.directory)).toHaveLength(2);
    // Tickets of the same millisecond are in the order of their names.
    await sleep(2);
    const late = reserve({ memoryMiB: 100, cpus: 1 }, options).then(() => admitted.push('small'));
    await sleep(300);
    expect(admitted).toEqual([]);
    first.release();
    await Promise.all([large, late]);
    expect(admitted).toHaveLength(2);
  });

  test('does not wait longer than the test that it is for', async () => {
    const options = await host();
    await reserve({ memoryMiB: 900, cpus: 1 }, options);
    const limit = (): { timeoutMs: number; remainingMs: () => number } => ({
      timeoutMs: 1000,
      remainingMs: () => 70,
    });
    await expect(reserve(small, { ...options, limit })).rejects.toThrow(/after 70 ms waiting for room/);
  });

  test('knows runs of other process namespaces for alive until they end', async ({ skip }) => {
    await needPidNamespace(skip);
    const options = await host();
    const { directory } = options;
    const args = [directory, '900', '4'];
    const inner = await otherProcess(WAITING_RUN, { args, wrapper: NEW_PID_NAMESPACE });
    expect(inner.said).toBe('admitted');
    const cpus = reserve({ memoryMiB: 10, cpus: 2 }, { ...options, waitMs: 300 });
    await expect(cpus).rejects.toThrow('1 machines have 4 virtual CPUs');

    const waiting = reserve(small, options);
    await sleep(300);
    const second = await otherProcess(WAITING_RUN, { args, wrapper: NEW_PID_NAMESPACE });
    expect(second.said).toMatch(/waits for room on this host: 2 machines have 1300 of 1000 MiB/);
    expect(readdirSync(directory)).toHaveLength(3);
    await inner.kill();
    await waiting;
  });
});

test.for(['x86_64', 'aarch64'] as const)('a fork on %s needs less than a machine that boots', (arch) => {
  const spec = {
    ...resolveSpec({ image: { arch, profile: generic } as Image }, 'tcg'),
    memoryMiB: 1024,
    cpus: 2,
  };
  expect(needOf(spec, false)).toEqual({ memoryMiB: 1280, cpus: 2 });
  expect(needOf(spec, true).memoryMiB).toBeLessThan(512);
});

describe('reasonToWait', () => {
  const ticket = (name: string, run: number, memoryMiB: number, cpus: number): Ticket => ({
    ...{ name, run: `run-${run}`, memoryMiB, cpus },
  });

  test('a process with a machine does not wait for CPUs, another one does', () => {
    const queue = [ticket('a', 1, 10, 4)];
    expect(reasonToWait(ticket('b', 1, 10, 2), queue, CAPACITY)).toBeUndefined();
    expect(reasonToWait(ticket('b', 2, 10, 2), queue, CAPACITY)).toBe('1 machines have 4 virtual CPUs');
  });

  test('a machine with more CPUs than all is slow, not refused', () => {
    expect(reasonToWait(ticket('a', 1, 10, 64), [], CAPACITY)).toBeUndefined();
  });

  test('tickets are served in order', () => {
    const queue = [ticket('a', 1, 600, 1), ticket('b', 2, 600, 1), ticket('c', 3, 10, 1)];
    const waits = queue.map((one) => reasonToWait(one, queue, CAPACITY) !== undefined);
    expect(waits).toEqual([false, true, true]);
  });

  test('what others than machines have taken is not given away', () => {
    const busy = { ...CAPACITY, availableMiB: 399 };
    expect(reasonToWait(ticket('a', 1, 400, 1), [], busy)).toBe('the host can spare 399 MiB now');
  });

  test('those who are admitted never have more memory than there is', () => {
    const needs = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 1000 })));
    fc.assert(
      fc.property(needs, (all) => {
        const queue = all.map(([pid, mib], index) => ticket(String(index).padStart(4, '0'), pid, mib, 1));
        const admitted = queue.filter((one) => reasonToWait(one, queue, CAPACITY) === undefined);
        const total = admitted.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
        expect(total).toBeLessThanOrEqual(CAPACITY.memoryMiB);
      }),
    );
  });
});
