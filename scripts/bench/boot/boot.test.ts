import { describe, expect, it } from 'vitest';

import { generic } from '../../../harness/os/generic.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import { baselineCommandLine, baselineOf } from './baseline.ts';
import type { BootSample } from './measure.ts';
import { renderBoot } from './render.ts';
import { summarizeBoots } from './result.ts';

describe('baselineCommandLine', () => {
  it('drops the arguments of root and init', () => {
    const line =
      'console=ttyS0,115200n8 no_timer_check root=/dev/dm-0 rootwait ro rootfstype=erofs gpt loglevel=5 ' +
      'dm-mod.create="root,,,ro,0 95088 verity 1 PARTUUID=a PARTUUID=b ro gpt" dm-mod.waitfor=PARTUUID=a -- systemd.a=b ro';
    expect(baselineCommandLine(line)).toBe(
      'console=ttyS0,115200n8 no_timer_check loglevel=5 root=/dev/vda rootfstype=erofs rootwait ro init=/init',
    );
  });

  it('needs nothing to start from', () => {
    expect(baselineCommandLine('')).toBe('root=/dev/vda rootfstype=erofs rootwait ro init=/init');
  });
});

describe('baselineOf', () => {
  it('refuses an image without a baseline', () => {
    const bare = {
      path: 'own.img',
      directory: '.',
      manifest: undefined,
      arch: 'x86_64',
      disks: [{ path: 'own.img', format: 'raw' }],
      kernelPath: undefined,
      updateKeysPath: undefined,
      floorRootPath: undefined,
      capabilities: new Set<never>(),
      profile: generic,
      gpt: { partitions: [], copiesAgree: true, faults: {} } as never,
    } as const;
    expect(() => baselineOf(bare)).toThrow(UsageError);
    expect(() => baselineOf(bare)).toThrow(/own.img has no baseline.*no image.json/);
    const manifest = { kernel: undefined } as never;
    expect(() => baselineOf({ ...bare, manifest })).toThrow(/no section kernel/);
    expect(() => baselineOf({ ...bare, manifest, kernelPath: 'vmlinuz' })).toThrow(/no kernel.floorRoot/);
  });
});

describe('summarizeBoots', () => {
  const boot = (totalMs: number, loaderMs: number | null): BootSample => ({
    totalMs,
    marks: { firmware: 500, api: totalMs },
    phases: { firmware_ms: 600, loader_ms: loaderMs, kernel_ms: null, userspace_ms: 900, total_ms: null },
  });
  const result = summarizeBoots(
    [boot(3000, 30), boot(2000, null), boot(2500, 50)],
    [{ totalMs: 1000 }, { totalMs: 1250 }, { totalMs: 9000 }],
  );

  it('divides the median of the boots by that of the baselines', () => {
    expect(result.bootMs).toMatchObject({ count: 3, median: 2500, min: 2000, max: 3000 });
    expect(result.ratio).toBe(2);
  });

  it('leaves out phases and milestones without samples', () => {
    expect(result.phasesMs.loader).toMatchObject({ count: 2, median: 40 });
    expect(Object.keys(result.phasesMs)).toEqual(['firmware', 'loader', 'userspace']);
    expect(Object.keys(result.milestonesMs)).toEqual(['firmware', 'api']);
  });

  it('shows both sides and their ratio to a person', () => {
    const target = { name: 'metal-x/x86_64', accelerator: { name: 'tcg' } } as never;
    expect(renderBoot(target, result)).toMatch(
      /^boot of metal-x\/x86_64 under tcg[^]*boot +3 +2500[^]*baseline +3 +1250[^]*medians: 2\.00x[^]*loader +2 +40/,
    );
  });

  it('has nothing to say without boots', () => {
    expect(() => summarizeBoots([], [{ totalMs: 1 }])).toThrow(RangeError);
  });
});
