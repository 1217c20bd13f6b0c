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

/** A signal that aborts with another one, and with `end`. */
export interface Cut {
  readonly signal: AbortSignal;
  readonly end: () => void;
}

/** For work that ends with a signal, of which nothing is to go on when it has come to its end itself, either. */
export function cutWith(signal: AbortSignal): Cut {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  onAbort(signal, controller.signal, end);
  return { signal: controller.signal, end };
}

/** Cuts the work of others short where this one fails: before any other can begin. */
export async function cutOnFailure<Result>(work: Promise<Result>, { end }: Cut): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    end();
    throw error;
  }
}
