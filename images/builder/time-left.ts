/**
 * What steps take from nothing, in seconds, on two cores of a server of 2023 that have nothing else to do; in the order in
 * which a build of an image has them. By the beginning of a step's name, of which the longest counts.
 */
const USUAL_SECONDS: Readonly<Record<string, number>> = {
  sdk: 90,
  packages: 10,
  programs: 500,
  go: 50,
  'module signing key': 2,
  'kernel source': 30,
  kernel: 800,
  root: 15,
  image: 25,
};

/** Before that much is made, nobody can tell how fast this host is. */
const KNOWN_SECONDS = 60;

/** The kinds of steps that a build of an image has, in order. */
export const IMAGE_STEPS: readonly string[] = Object.keys(USUAL_SECONDS);

/** How long the rest of a build takes, by how long its steps usually take and by how fast this host made those that are over. */
export class TimeLeft {
  readonly #steps: readonly string[];
  #madeMs = 0;
  #usualOfMadeMs = 0;

  /** @param steps the kinds of steps that the build has, in order. */
  constructor(steps: readonly string[]) {
    this.#steps = steps;
  }

  /** A step was made, not found in the cache. */
  made(step: string, elapsedMs: number): void {
    const kind = kindOf(step);
    if (kind === undefined) return;
    this.#madeMs += elapsedMs;
    this.#usualOfMadeMs += usualMs(kind);
  }

  /** @returns milliseconds from within a step to the end of the build; undefined for a step that is none of it. */
  during(step: string, elapsedMs: number): number | undefined {
    const at = this.#steps.indexOf(kindOf(step) ?? '');
    const [kind, ...after] = at < 0 ? [] : this.#steps.slice(at);
    if (kind === undefined) return undefined;
    const pace = this.#usualOfMadeMs < KNOWN_SECONDS * 1000 ? 1 : this.#madeMs / this.#usualOfMadeMs;
    const rest = after.reduce((sum, one) => sum + usualMs(one), 0);
    return Math.max(0, pace * usualMs(kind) - elapsedMs) + pace * rest;
  }
}

function usualMs(kind: string): number {
  return 1000 * (USUAL_SECONDS[kind] ?? 0);
}

function kindOf(step: string): string | undefined {
  const kinds = IMAGE_STEPS.filter((kind) => step === kind || step.startsWith(`${kind} `));
  return kinds.sort((a, b) => b.length - a.length)[0];
}
