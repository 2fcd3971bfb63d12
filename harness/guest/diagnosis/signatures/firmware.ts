import type { Signature } from './signature.ts';

const IMAGE = {
  // PeCoffSearchImageBase of EDK II names the image by the path of its debugging symbols.
  pattern: /^!!!! Find image based on IP\([^)]*\) (?:\S*[/\\])?(?<function>[\w-]+)\.\w+ /,
  names: true,
};
const common = {
  kind: 'firmware-exception',
  severity: 'fatal',
  speaker: 'unknown',
  blame: 'head',
  refinements: [IMAGE, { pattern: /^PC 0x[0-9A-F]+ \(.*\) \[ *\d+\] (?<function>[\w-]+)\.\w+/, names: true }],
} as const;

/** What EDK II prints before it hangs: UefiCpuPkg and ArmPkg, library CpuExceptionHandler. */
export const FIRMWARE: readonly Signature[] = [
  {
    ...common,
    pattern:
      /^!!!! (?<cpu>X64|IA32|RISCV64|LOONGARCH64) Exception Type - (?<number>\w+)\((?<name>[^)]{1,60})\)/,
    title: ({ groups }) => `firmware exception: ${groups?.['name'] ?? ''}`,
  },
  {
    ...common,
    pattern: /^(?<name>Synchronous|IRQ|FIQ|SError|Undefined|Data abort|Prefetch abort) Exception at 0x/i,
    title: ({ groups }) => `firmware exception: ${groups?.['name'] ?? ''}`,
  },
  {
    ...common,
    pattern: /^ASSERT(?:_\w+)? (?:\[(?<function>[\w-]+)\] )?\S+\(\d+\): /,
    title: 'firmware assertion failed',
  },
];
