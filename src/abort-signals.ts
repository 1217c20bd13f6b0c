/** Runs `action` once when a signal aborts, or at once where it has; `over`, aborted, takes the listener away again. */
export function onAbort(signal: AbortSignal, over: AbortSignal, action: () => void): void {
  if (signal.aborted) action();
  else signal.addEventListener("abort", action, { once: true, signal: over });
}

/**
 * A signal that aborts with any of the others until `over`. It leaves nothing behind on them, which may outlive many runs
 * (`AbortSignal.any` does, in Node 20).
 */
export function forwarded(over: AbortSignal, ...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) onAbort(signal, over, () => controller.abort());
  return controller.signal;
}
