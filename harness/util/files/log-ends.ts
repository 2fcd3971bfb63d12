/** How it went wrong is at the end of a log more often than at its beginning. */
const HEAD_SHARE = 0.25;

/** How many bytes of a log that is too long are kept of its beginning, and how many of its end. */
export function logEnds(maxBytes: number): { readonly headBytes: number; readonly tailBytes: number } {
  const headBytes = Math.floor(maxBytes * HEAD_SHARE);
  return { headBytes, tailBytes: maxBytes - headBytes };
}
