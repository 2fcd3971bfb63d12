import type { Image } from '../../../harness/image/open.ts';
import { UsageError } from '../../../harness/util/errors.ts';
import type { MachineSpec } from '../../../harness/vm/spec.ts';

/** What `images/os/bench/floor-init` says. */
export const BASELINE_REACHED = /^floor: init$/;

/** What of a kernel command line is about the image's root, which the baseline does not have. */
const ABOUT_THE_ROOT = /^(?:root=|rootfstype=|rootwait$|ro$|gpt$|dm-mod\.)/;

/**
 * The baseline of a boot: the same QEMU, firmware and kernel, with an init that only reports that it runs.
 *
 * @throws {UsageError} for an image that has no such root.
 */
export function baselineOf(image: Image): MachineSpec {
  const { manifest, kernelPath, floorRootPath } = image;
  const commandLine = manifest?.kernel?.commandLine;
  if (commandLine === undefined || kernelPath === undefined || floorRootPath === undefined) {
    const absent =
      manifest === undefined
        ? 'image.json'
        : kernelPath === undefined
          ? 'section kernel'
          : 'kernel.floorRoot';
    throw new UsageError(`${image.path} has no baseline to measure its boot against: it has no ${absent}.`, {
      hint: 'Give an image.json that npm run image wrote, or let the bench build the image.',
    });
  }
  return {
    image: { ...image, disks: [{ path: floorRootPath, format: 'raw' }] },
    directKernel: { kernel: kernelPath, commandLine: baselineCommandLine(commandLine) },
    label: 'baseline',
  };
}

/** The image's command line with the baseline's root in place of its own, and without arguments for init. */
export function baselineCommandLine(commandLine: string): string {
  // Blanks between double quotes belong to the argument (kernel/params.c).
  const all: string[] = commandLine.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  const forKernel = all.includes('--') ? all.slice(0, all.indexOf('--')) : all;
  const kept = forKernel.filter((argument) => !ABOUT_THE_ROOT.test(argument));
  return [...kept, 'root=/dev/vda', 'rootfstype=erofs', 'rootwait', 'ro', 'init=/init'].join(' ');
}
