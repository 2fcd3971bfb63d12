import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { containersOn } from '../../../harness/guest/containers/choose.ts';
import {
  STEADY_KINDS,
  SteadyLoad,
  type Steadiness,
  type SteadyKind,
} from '../../../harness/guest/containers/steady-load.ts';
import type { Image } from '../../../harness/image/open.ts';
import type { GuestService } from '../../../harness/services/guest-service.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { ImageError } from '../../../harness/util/errors.ts';
import { assemble } from '../../../harness/vm/assemble.ts';
import type { Vm } from '../../../harness/vm/vm.ts';
import { PROGRAM } from '../containers/measure.ts';

/** Emulated on a slow and busy host; the waits end at once when a machine fails. */
const TIMEOUT_MS = 600_000;
/** Of a function that runs for each frame which a container gets. */
export const PATCH = 'frame-sources';
const WORKLOAD = 'docker.io/library/workload:1';
/** Of applying and reverting, in each machine. */
const ROUNDS = 5;

export interface LivepatchSample {
  /** From the request to the transition's end, as the host API shows it; the download is a part of it. */
  readonly applyMs: readonly number[];
  readonly revertMs: readonly number[];
  /** The longest pause that a container saw while patches were applied and reverted. */
  readonly pauseMs: number;
  /** The same in as much time without a patch: the baseline. */
  readonly idlePauseMs: number;
  /** From the refresh to the first API answer of the new version. */
  readonly updateMs: number;
  /** The part of it in which no container runs: the reboot. */
  readonly downMs: number;
}

/** @param services an update repository with the patch and the next version, and a registry with the workloads. */
export async function measureLivepatch(
  image: Image,
  next: Image,
  services: readonly GuestService[],
  signal: AbortSignal,
): Promise<LivepatchSample> {
  await using machine = await assemble({ image, label: 'livepatch', services });
  const vm = await machine.boot({ signal, timeoutMs: TIMEOUT_MS });
  const deadline = Deadline.after(TIMEOUT_MS, 'live patches and an update');
  await vm.waitForBoot(deadline);
  const patches = await underLoad(vm, image, deadline);
  let downMs = 0;
  const updateMs = await timed(async () => {
    for (const step of ['refresh', 'prepare', 'activate'] as const) {
      await vm.api.updates.succeed(step, { deadline });
    }
    downMs = await timed(() => vm.reboot(deadline));
  });
  const { version_id: version } = await vm.api.os({ deadline });
  if (version === next.manifest?.os.version) return { ...patches, updateMs, downMs };
  throw new ImageError(`The machine runs ${version} after its update; the benchmark measures nothing.`);
}

type Patched = Pick<LivepatchSample, 'applyMs' | 'revertMs' | 'pauseMs' | 'idlePauseMs'>;

async function underLoad(vm: Vm, image: Image, deadline: Deadline): Promise<Patched> {
  const reader = { image: WORKLOAD, args: ['pause'], print: [PROGRAM, 'cat'] };
  const containers = containersOn(vm, image.capabilities, reader);
  await containers.pull(WORKLOAD);
  const load = await SteadyLoad.start(containers, WORKLOAD);
  const applyMs: number[] = [];
  const revertMs: number[] = [];
  const patched = await load.during(async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      applyMs.push(await timed(() => vm.api.livepatches.apply(PATCH, { deadline })));
      revertMs.push(await timed(() => vm.api.livepatches.revert(PATCH, { deadline })));
    }
  });
  const asLongMs = [...applyMs, ...revertMs].reduce((sum, ms) => sum + ms, 0);
  const idle = await load.during(() => sleep(asLongMs));
  return { applyMs, revertMs, pauseMs: longestOf(patched), idlePauseMs: longestOf(idle) };
}

function longestOf(seen: Readonly<Record<SteadyKind, Steadiness>>): number {
  return Math.max(...STEADY_KINDS.map((kind) => seen[kind].longestPauseMs));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}
