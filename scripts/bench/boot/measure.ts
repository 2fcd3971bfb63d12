import type { BootTime } from '../../../harness/os/api/schemas.ts';
import type { Image } from '../../../harness/image/open.ts';
import { Deadline } from '../../../harness/util/deadline.ts';
import { assemble } from '../../../harness/vm/assemble.ts';
import type { Timeline } from '../../../harness/vm/monitor/boot-timeline.ts';
import { BASELINE_REACHED, baselineOf } from './baseline.ts';

/** Emulated on a slow and busy host; the waits end at once when a machine fails. */
const BOOT_TIMEOUT_MS = 180_000;

export interface BootSample {
  /** From QEMU's start to the first answer of the host API. */
  readonly totalMs: number;
  readonly marks: Timeline['marks'];
  /** The guest's own account of its boot. */
  readonly phases: BootTime;
}

export interface BaselineSample {
  /** From QEMU's start to the line of the baseline's init. */
  readonly totalMs: number;
}

export async function measureBoot(image: Image, signal: AbortSignal): Promise<BootSample> {
  await using machine = await assemble({ image, label: 'boot' });
  const vm = await machine.boot({ signal, timeoutMs: BOOT_TIMEOUT_MS });
  const { marks } = vm.timeline;
  const deadline = Deadline.after(BOOT_TIMEOUT_MS, 'the guest to finish its boot and report its phases');
  await vm.waitForBoot(deadline);
  const phases = await vm.api.report.bootTime({ deadline });
  if (marks.api === undefined) throw new Error('The host API answered, but the time line lacks it.');
  return { totalMs: marks.api, marks, phases };
}

export async function measureBaseline(image: Image, signal: AbortSignal): Promise<BaselineSample> {
  await using machine = await assemble(baselineOf(image));
  const vm = await machine.start({ signal });
  const deadline = Deadline.after(BOOT_TIMEOUT_MS, 'the init of the baseline to report that it runs');
  const { atMs } = await vm.console.waitFor(BASELINE_REACHED, deadline);
  return { totalMs: atMs };
}
