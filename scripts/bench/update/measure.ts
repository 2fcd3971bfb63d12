import { performance } from 'node:perf_hooks';

import { z } from 'zod';

import type { UpdateCommand } from '../../../harness/os/api/schemas.ts';
import { writeInGuest } from '../../../harness/os/bench-service.ts';
import type { Image } from '../../../harness/image/open.ts';
import { offer } from '../../../harness/services/tuf/offer.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { ImageError } from '../../../harness/util/errors.ts';
import { assemble } from '../../../harness/vm/assemble.ts';
import type { Vm } from '../../../harness/vm/vm.ts';

/** Emulated on a slow and busy host; the waits end at once when a machine fails. */
const TIMEOUT_MS = 300_000;
const STEPS = ['refresh', 'prepare', 'activate'] as const satisfies readonly UpdateCommand[];

export type UpdateStep = (typeof STEPS)[number] | 'reboot';

export interface UpdateSample {
  /** From the refresh to the first API answer of the new version. */
  readonly totalMs: number;
  readonly stepsMs: Readonly<Record<UpdateStep, number>>;
  /** By the guest, to its disk, in this time. */
  readonly writtenBytes: number;
  /** Writing as many bytes directly in the same guest. */
  readonly plainWriteMs: number;
}

/** One whole update of a fresh machine, after writing as much without one. */
export async function measureUpdate(
  image: Image,
  next: Image,
  plainBytes: number,
  signal: AbortSignal,
): Promise<UpdateSample> {
  await using updates = await offer([image, next]);
  await using machine = await assemble({ image, label: 'update', services: [updates] });
  const vm = await machine.boot({ signal, timeoutMs: TIMEOUT_MS });
  const deadline = Deadline.after(TIMEOUT_MS, 'a whole update');
  await vm.waitForBoot(deadline);
  const plainWriteMs = await timed(() => writeInGuest(vm.bridge, plainBytes, deadline));

  const before = await writtenBytes(vm, deadline);
  const stepsMs = { refresh: 0, prepare: 0, activate: 0, reboot: 0 };
  for (const step of STEPS) stepsMs[step] = await timed(() => vm.api.updates.succeed(step, { deadline }));
  stepsMs.reboot = await timed(() => vm.reboot(deadline));
  const after = await writtenBytes(vm, deadline);
  const { version_id: version } = await vm.api.os({ deadline });
  if (version !== next.manifest?.os.version) {
    throw new ImageError(`The machine runs ${version} after its update; the benchmark measures nothing.`);
  }
  const totalMs = Object.values(stepsMs).reduce((sum, ms) => sum + ms, 0);
  return { totalMs, stepsMs, writtenBytes: after - before, plainWriteMs };
}

const blockStatistics = z.array(z.object({ stats: z.object({ wr_bytes: z.number() }) }));

async function writtenBytes(vm: Vm, deadline: Deadline): Promise<number> {
  const answer = blockStatistics.parse(await vm.qmp.execute('query-blockstats', undefined, deadline));
  return answer.reduce((sum, { stats }) => sum + stats.wr_bytes, 0);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}
