import type { Signature } from './signature.ts';

const common = { severity: 'fatal', speaker: 'kernel', blame: 'first-frame' } as const;
const first = { ...common, step: 1 } as const;
const second = { ...common, step: 2 } as const;
const last = { ...common, step: 3 } as const;

/** Checks that end in a BUG() of their own, by its source. */
const PARTS: readonly (readonly [source: RegExp, title: string])[] = [
  [/mm\/usercopy\.c$/, 'BUG: bad usercopy'],
  [/lib\/list_debug\.c$/, 'BUG: corrupted list'],
];

/** Faults in kernel mode, by which every architecture ends in die() or its like. */
export const CRASHES: readonly Signature[] = [
  {
    ...first,
    kind: 'oops',
    // 5.2 to now print the shorter forms; arm64, arm, riscv: "Unable to handle kernel ... at virtual address".
    pattern: /^(?:BUG: )?(?:[Uu]nable to handle )?kernel NULL pointer dereference\b/,
    title: 'BUG: unable to handle kernel NULL pointer dereference',
  },
  {
    ...first,
    kind: 'oops',
    pattern:
      /^(?:BUG: )?[Uu]nable to handle (?:kernel )?(?:paging request|page fault|execute|read|write|access|unknown|instruction|data)\b/,
    title: 'BUG: unable to handle kernel paging request',
  },
  {
    ...second,
    kind: 'bug',
    pattern: /^kernel BUG at (?<file>\S*?):/,
    title: ({ groups }) => PARTS.find(([source]) => source.test(groups?.['file'] ?? ''))?.[1] ?? 'kernel BUG',
  },
  {
    ...first,
    kind: 'oops',
    pattern: /^BUG: (?:\w+ )?stack guard page was hit/,
    title: 'BUG: stack guard page was hit',
    // Whoever called the function that calls itself.
    blame: 'stall',
  },
  { ...first, kind: 'oops', pattern: /^PANIC: double fault/, title: 'PANIC: double fault' },
  { ...first, kind: 'oops', pattern: /^Alignment trap: /, title: 'Alignment trap' },
  {
    ...second,
    kind: 'oops',
    pattern: /^(?:Unhandled fault|Unhandled prefetch abort|Bad mode in|Insufficient stack space)\b/,
    title: (match) => match[0],
  },
  {
    ...first,
    kind: 'bug',
    pattern: /^(?:\S+ )?detected buffer overflow|^usercopy: Kernel memory (?:exposure|overwrite) attempt/,
    title: (match) => (match[0].startsWith('usercopy') ? 'BUG: bad usercopy' : 'BUG: buffer overflow'),
  },
  {
    ...first,
    kind: 'bug',
    pattern: /^list_(?:add|del) corruption\b|^list_add double add/,
    title: 'BUG: corrupted list',
  },
  {
    ...last,
    kind: 'oops',
    pattern:
      /^(?:kasan: GPF could .{1,60}?access)?(?:Oops: )?(?:segment-related )?general protection fault[,:]/,
    title: 'general protection fault',
  },
  { ...last, kind: 'oops', pattern: /^(?:Oops: )?divide[_ ]error: /, title: 'divide error' },
  { ...last, kind: 'oops', pattern: /^(?:Oops: )?invalid opcode: \d/, title: 'invalid opcode' },
  {
    ...last,
    kind: 'oops',
    pattern:
      /^(?:Oops: )?(?:int3|bounds|stack segment|segment not present|invalid TSS|alignment check|trap|control protection|kernel stack overflow \([\w-]+\)|stack guard page|double fault|unhandled interruption): [0-9a-f]{4} /,
    title: (match) => match[0].replace(/^Oops: |: [0-9a-f]+ $/g, ''),
  },
  { ...last, kind: 'oops', pattern: /^Internal error: /, title: 'Internal error' },
  { ...last, kind: 'oops', pattern: /^Oops(?: -|: |\[#| \[#)/, title: 'Oops' },
  {
    ...common,
    kind: 'bug',
    pattern: /^rust_kernel: panicked at /,
    title: 'kernel BUG: Rust code panicked',
  },
];
