/** Something that takes its time on a target. */
export interface Load {
  readonly target: string;
  readonly file: string;
  /** Those of the same flags share what it takes to get their image ready. */
  readonly flags: string;
  readonly estimateMs: number;
}

/** Opening the images of a target, and booting the machine that its forks come from. */
export const PREPARATION_MS = 180_000;

export interface Share<Item> {
  readonly items: readonly Item[];
  /** With the preparation of each target, once. */
  readonly estimateMs: number;
}

/** The best way to cut the first items into so many shares. */
interface Cut {
  readonly longestMs: number;
  /** Of the shares; of the cuts with the same longest one, the more even is the better. */
  readonly squares: number;
  /** Where the last share begins. */
  readonly start: number;
}

/**
 * Cuts the items, in the order of target and file, into shares of neighbours, so that the longest share is as short as it
 * can be (the linear partition problem, solved by dynamic programming). Neighbours have their target in common, so most
 * shares prepare only one or two. Every item is in exactly one share, no share is empty, and the same items give the same
 * shares, in whatever order they come.
 *
 * @param count of shares: at least 1, at most as many as items.
 * @param preparationMs of a target, once in each share.
 */
export function balance<Item extends Load>(
  items: readonly Item[],
  count: number,
  preparationMs: number = PREPARATION_MS,
): Share<Item>[] {
  const sorted = [...items].sort(byPlace);
  const rounds: (readonly (Cut | undefined)[])[] = [
    [{ longestMs: 0, squares: 0, start: 0 }, ...sorted.map(() => undefined)],
  ];
  for (let round = 1; round <= count; round += 1) {
    const before = rounds[round - 1] ?? [];
    rounds.push([undefined, ...sorted.map((_, last) => bestCut(sorted, last, before, preparationMs))]);
  }
  const shares: Share<Item>[] = [];
  let end = sorted.length;
  for (const cuts of rounds.slice(1).reverse()) {
    const start = cuts[end]?.start ?? 0;
    const chosen = sorted.slice(start, end);
    shares.unshift({ items: chosen, estimateMs: lengthOf(chosen, preparationMs) });
    end = start;
  }
  return shares;
}

/** Where the share that ends with `last` had best begin, when those before it are cut as `before` says. */
function bestCut(
  items: readonly Load[],
  last: number,
  before: readonly (Cut | undefined)[],
  preparationMs: number,
): Cut | undefined {
  let best: Cut | undefined;
  let length = 0;
  const prepared = new Set<string>();
  for (let start = last; start >= 0; start -= 1) {
    const item = items[start];
    if (item === undefined) break;
    length += item.estimateMs + (prepared.has(item.flags) ? 0 : preparationMs);
    prepared.add(item.flags);
    // Longer shares only get worse.
    if (best !== undefined && length > best.longestMs) break;
    const rest = before[start];
    if (rest === undefined) continue;
    const cut = {
      ...{ longestMs: Math.max(rest.longestMs, length), squares: rest.squares + length ** 2, start },
    };
    if (best === undefined || isBetter(cut, best)) best = cut;
  }
  return best;
}

function isBetter(cut: Cut, other: Cut): boolean {
  return (
    cut.longestMs < other.longestMs || (cut.longestMs === other.longestMs && cut.squares < other.squares)
  );
}

function lengthOf(items: readonly Load[], preparationMs: number): number {
  const targets = new Set(items.map(({ flags }) => flags));
  return items.reduce((sum, { estimateMs }) => sum + estimateMs, targets.size * preparationMs);
}

function byPlace(a: Load, b: Load): number {
  const [left, right] = [a, b].map(({ target, flags, file }) => `${target}\n${flags}\n${file}`) as [
    string,
    string,
  ];
  return left < right ? -1 : Number(left > right);
}
