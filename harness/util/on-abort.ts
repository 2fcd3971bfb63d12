/**
 * Calls `act` when the signal is aborted, or at once if it is already.
 *
 * @param until when it resolves, the listener is removed.
 */
export function onAbort(signal: AbortSignal, act: () => void, until: Promise<unknown>): void {
  if (signal.aborted) act();
  signal.addEventListener('abort', act, { once: true });
  void until.then(() => {
    signal.removeEventListener('abort', act);
  });
}
