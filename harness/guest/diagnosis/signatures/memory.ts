import { PLACE, type Signature } from './signature.ts';

const common = { speaker: 'kernel', severity: 'fatal', blame: 'first-frame' } as const;

/** What others get their memory by: whoever called it has lost it. */
const ALLOCATORS =
  /^(?:create_object|_*(?:dev_|netdev_|napi_)?alloc_skb|sk_(?:prot_)?alloc|sock_alloc|radix_tree_node_alloc|_*alloc_|alloc_inode|new_inode|\w+_alloc_inode|idr_|bdev_alloc|bio_alloc|security_|lsm_)/;

/** What the allocators and the page tables' code report, and sleeping where that is forbidden. */
export const MEMORY: readonly Signature[] = [
  {
    ...common,
    kind: 'memory-leak',
    severity: 'failure',
    pattern: /^BUG: memory leak/,
    title: 'memory leak',
    machinery: ALLOCATORS,
    step: 1,
  },
  {
    ...common,
    kind: 'memory-leak',
    severity: 'failure',
    pattern: /^(?:kmemleak: )?unreferenced object\b/,
    title: 'memory leak',
    machinery: ALLOCATORS,
    step: 2,
  },
  {
    ...common,
    kind: 'out-of-memory',
    severity: 'note',
    pattern: /^(?:Memory cgroup o|O)ut of memory: Killed process|^oom-kill:/,
    title: (match) =>
      match[0].startsWith('Memory cgroup') ? 'memory cgroup out of memory' : 'out of memory',
    blame: 'head',
  },
  {
    ...common,
    kind: 'atomic-sleep',
    pattern: /^BUG: sleeping function called from invalid context/,
    title: 'BUG: sleeping function called from invalid context',
  },
  {
    ...common,
    kind: 'atomic-sleep',
    pattern: /^BUG: scheduling while atomic/,
    title: 'BUG: scheduling while atomic',
  },
  {
    ...common,
    kind: 'bug',
    pattern: /^BUG: workqueue leaked (?:lock or )?atomic|^BUG: workqueue leaked lock/,
    title: 'BUG: workqueue leaked lock or atomic',
    refinements: [{ pattern: new RegExp(String.raw`^last function: ${PLACE}`), names: true }],
  },
  {
    ...common,
    kind: 'bug',
    pattern: /^BUG: Bad (?<what>page state|page map|rss-counter state|page cache|pagetable)\b/i,
    title: ({ groups }) => `BUG: Bad ${groups?.['what'] ?? ''}`,
  },
  {
    ...common,
    kind: 'bug',
    // mm/slub.c, on a line of its own or with KASAN's.
    pattern: /^BUG (?<cache>\S+) \(.*\): (?<what>[A-Z][\w ,/-]*)/,
    title: ({ groups }) => `BUG: ${(groups?.['what'] ?? '').trim()}`,
    blame: 'head',
  },
  {
    ...common,
    kind: 'bug',
    severity: 'failure',
    pattern: new RegExp(String.raw`^INFO: (?<what>Allocated|Freed) in ${PLACE} age=`),
    title: ({ groups }) => `INFO: slab object ${(groups?.['what'] ?? '').toLowerCase()}`,
    blame: 'head',
  },
];
