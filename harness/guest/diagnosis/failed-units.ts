import type { Head } from './heads.ts';

const MAX_UNITS = 100;

/**
 * Which units have failed, so that a restart after a failure is told from one that is wanted: a login prompt comes again
 * after each login.
 */
export class FailedUnits {
  readonly #failed = new Set<string>();

  /** Whether what this head says counts, after what the heads before it said. */
  allow({ signature, match }: Head): boolean {
    if (signature.kind !== 'service-restarted') return true;
    const unit = match.groups?.['unit'] ?? '';
    if (match.groups?.['restarted'] !== undefined) return this.#failed.has(unit);
    if (this.#failed.size < MAX_UNITS) this.#failed.add(unit);
    return false;
  }
}
