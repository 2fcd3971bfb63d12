/** The `index`-th of `total` parts, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

/** Deals the items out like cards: every item is in exactly one shard, and the sizes differ by at most one. */
export function inShard<T>(items: readonly T[], { index, total }: Shard): T[] {
  return items.filter((_, position) => position % total === index - 1);
}
