/** Chains of real errors have a handful of links; what is longer was made by a loop. */
const MAX_ERRORS = 1000;

/**
 * An error and all that led to it, the nearest first: causes, the errors of an AggregateError and of a SuppressedError.
 * Each comes once and their number is bounded, because whoever throws may have built a circle. Errors that crossed a
 * process border as plain objects count as well.
 */
export function* causesOf(error: unknown): Generator {
  const found = new Set([error]);
  for (const one of found) {
    yield one;
    for (const next of linksOf(one)) {
      if (found.size < MAX_ERRORS) found.add(next);
    }
  }
}

function linksOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  const errors = propertyOf(error, 'errors');
  const links = ['cause', 'error', 'suppressed'].map((name) => propertyOf(error, name));
  return [...links, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter(
    (link) => link !== undefined,
  );
}

/** Undefined also where reading it throws. */
export function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
