import { optionString } from './option-string.ts';
import type { QemuOptions } from './options.ts';

/** What the guest's firmware hands on in its tables about the machine. */
export function smbios({ smbiosSystem, smbiosOemStrings = [] }: QemuOptions): string[] {
  return [
    ...(smbiosSystem === undefined ? [] : ['-smbios', optionString('', { type: 1, ...smbiosSystem })]),
    ...smbiosOemStrings.flatMap(({ path }) => ['-smbios', optionString('', { type: 11, path })]),
  ];
}
