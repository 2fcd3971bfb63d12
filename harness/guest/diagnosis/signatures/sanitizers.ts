import { PLACE, type Refinement, type Signature } from './signature.ts';

const ACCESS: Refinement = {
  pattern: /^(Read|Write) of size \d/,
  title: (title, match) => `${title} ${match[1] ?? ''}`,
};
/** mm/kasan/report.c called it both ways over the years. */
const FREED_TWICE = /^(?:double-free or )?invalid-free$|^double-free$/;
/** What follows the trace of the access in KASAN's, KFENCE's and KMSAN's reports: traces of who allocated, freed, wrote. */
const OTHER_TRACES =
  /^(?:Allocated by|Freed by|Last potentially|The buggy address|Memory state|Uninit was|Local variable|kfence-#|allocated by|freed by|Object at)/i;

const common = { severity: 'fatal', speaker: 'kernel', traceUntil: OTHER_TRACES } as const;

/** Reports of the kernel's sanitizers: mm/kasan, mm/kmsan, mm/kfence, kernel/kcsan, lib/ubsan.c. */
export const SANITIZERS: readonly Signature[] = [
  {
    ...common,
    kind: 'kasan',
    pattern: new RegExp(String.raw`^BUG: KASAN: (?<what>[\w-]+(?: or [\w-]+)?)(?: (?:in|on) )?(?:${PLACE})?`),
    title: ({ groups }) => {
      const what = groups?.['what'] ?? 'report';
      return `KASAN: ${FREED_TWICE.test(what) ? 'invalid-free' : what}`;
    },
    refinements: [ACCESS],
    blame: 'first-frame',
  },
  {
    ...common,
    kind: 'kmsan',
    pattern: new RegExp(String.raw`^BUG: KMSAN: (?<what>[\w-]+)(?: in ${PLACE})?`),
    title: ({ groups }) => `KMSAN: ${groups?.['what'] ?? 'report'}`,
    blame: 'first-frame',
  },
  {
    ...common,
    kind: 'kfence',
    pattern: new RegExp(
      String.raw`^BUG: KFENCE: (?<what>use-after-free \w+|out-of-bounds \w+|invalid \w+|memory corruption|[\w-]+)(?: in ${PLACE})?`,
    ),
    title: ({ groups }) => `KFENCE: ${groups?.['what'] ?? 'report'}`,
    blame: 'first-frame',
  },
  {
    ...common,
    kind: 'kcsan',
    pattern: new RegExp(
      String.raw`^BUG: KCSAN: (?<what>assert: race|[\w-]+)(?: in ${PLACE}(?: / (?<other>[\w.]+))?)?`,
    ),
    title: ({ groups }) => `KCSAN: ${groups?.['what'] ?? 'report'}`,
    blame: 'head',
  },
  {
    ...common,
    kind: 'ubsan',
    severity: 'failure',
    pattern: /^UBSAN: (?<what>Undefined behaviour|[\w-]+) in /,
    title: ({ groups }) => `UBSAN: ${(groups?.['what'] ?? 'report').toLowerCase().replace(' ', '-')}`,
    blame: 'first-frame',
  },
];
