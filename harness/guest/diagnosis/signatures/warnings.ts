import { PLACE, type Signature } from './signature.ts';

const common = { severity: 'failure', speaker: 'kernel', kind: 'warning', blame: 'first-frame' } as const;
/** __warn() of kernel/panic.c before and after Linux 6.18. */
const AT = String.raw`^WARNING: (?:CPU: \d+ PID: \d+ at (?<file>\S+?):\d+|(?<file2>\S+?):\d+ at)(?: ${PLACE})?`;

/** Warnings of one part of the kernel, by the source that contains the WARN(). */
const PARTS: readonly (readonly [source: RegExp, title: string])[] = [
  [/lib\/debugobjects\.c$/, 'WARNING: ODEBUG bug'],
  [/lib\/kobject\.c$/, 'WARNING: kobject bug'],
  [/mm\/slab_common\.c$/, 'WARNING: kmalloc bug'],
];

/** What WARN() and its like print. Other messages with "WARNING: " are advice to the administrator. */
export const WARNINGS: readonly Signature[] = [
  {
    ...common,
    kind: 'refcount',
    pattern: new RegExp(AT.replaceAll(String.raw`\S+?`, String.raw`\S*?lib\/refcount\.c`)),
    title: 'WARNING: refcount bug',
  },
  {
    ...common,
    kind: 'lockdep',
    pattern: new RegExp(AT.replaceAll(String.raw`\S+?`, String.raw`\S*?kernel\/locking\/lockdep\.c`)),
    title: 'WARNING: locking bug',
  },
  {
    ...common,
    pattern: new RegExp(AT),
    title: ({ groups }) => partOf(groups?.['file'] ?? groups?.['file2'] ?? ''),
  },
  {
    ...common,
    pattern: /^WARNING: kernel stack (?:regs|frame pointer) at .* has bad (?<what>'\w+' )?value/,
    title: (match) => {
      const what = match[0].startsWith('WARNING: kernel stack regs') ? 'regs' : 'frame pointer';
      return `WARNING: kernel stack ${what} has bad ${match.groups?.['what'] ?? ''}value`;
    },
    blame: 'head',
  },
  {
    ...common,
    pattern: /^WARNING: stack recursion on stack type/,
    title: 'WARNING: stack recursion',
    blame: 'head',
  },
];

function partOf(file: string): string {
  return PARTS.find(([source]) => source.test(file))?.[1] ?? 'WARNING';
}
