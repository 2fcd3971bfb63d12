/** What firmware (EDK2), boot loaders and Linux's EFI stub write through the firmware's console, not through a driver. */
const BEFORE_THE_KERNEL =
  /^(?:BdsDxe: |UEFI firmware |EFI stub: |[>\s]*Start PXE|Booting `|Loading |\s*GNU GRUB)/;

export interface Silence {
  readonly seen: string;
  readonly hint: string;
}

/**
 * Whether nothing but the firmware has written to the console, which most often means that the kernel does not know of
 * it; undefined when something else has.
 *
 * @param serialPort the name that Linux has for the port, such as ttyS0.
 */
export function silenceOf(lines: readonly string[], serialPort: string): Silence | undefined {
  const firmware = lines.filter((line) => BEFORE_THE_KERNEL.test(line));
  const others = lines.filter((line) => line.trim() !== '' && !BEFORE_THE_KERNEL.test(line));
  if (firmware.length === 0 || others.length > 0) return undefined;
  return {
    seen: `nothing on ${serialPort} since the firmware (${firmware.at(-1)?.trim() ?? ''})`,
    hint: `If the system runs Linux, add console=${serialPort} to its kernel command line.`,
  };
}
