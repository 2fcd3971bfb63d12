import { InfrastructureError } from '../../../util/errors.ts';

/**
 * What Linux prints on x86 when its timers disagree about the rate of the time stamp counter, in kHz. It then believes the
 * first, which QEMU emulates wrongly on a host that leaves it without a CPU for some milliseconds
 * (pit_hpet_ptimer_calibrate_cpu of arch/x86/kernel/tsc.c). Timeouts of such a guest pass in a fraction of their time.
 */
const DEVIATION = /\btsc: PIT calibration deviates from \w+: (\d+) (\d+)/;
/** Below this timeouts still are long enough. */
const MAX_RATIO = 2;

/** By which a runner may recognise the fault, to repeat the test. */
export const CLOCK_FAULT = /the guest's clock runs \d+ times as fast/;

/** The fault that a line of the console shows, if any: the host's, since the guest could not know better. */
export function clockFault(line: string): InfrastructureError | undefined {
  const [, believed, real] = DEVIATION.exec(line) ?? [];
  const ratio = Number(real) / Number(believed);
  if (!(ratio > MAX_RATIO) || !Number.isFinite(ratio)) return undefined;
  return new InfrastructureError(
    `The host was too busy to emulate the guest's timers: the guest's clock runs ${Math.round(ratio)} times as fast as it should.`,
    { hint: 'Run less at once (--jobs), or on a host with KVM.' },
  );
}
