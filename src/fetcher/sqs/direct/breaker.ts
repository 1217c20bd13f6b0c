/** The first pause, and the longest: each failure in a row doubles it. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Whether a way of asking is worth its try: closed until it fails, then open for a pause that doubles. */
export interface Breaker {
  isClosed(): boolean;
  succeeded(): void;
  /** `startedAtMs`: when the failed try began. Tries that were under way together are one failure. */
  failed(startedAtMs: number): void;
}

/** `now` counts milliseconds from whenever. */
export function createBreaker(now: () => number): Breaker {
  let pauseMs = FIRST_PAUSE_MS;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let closedFromMs = Number.NEGATIVE_INFINITY;
  return {
    isClosed: () => now() >= closedFromMs,
    succeeded: () => {
      pauseMs = FIRST_PAUSE_MS;
    },
    failed: (startedAtMs) => {
      if (startedAtMs <= failedAtMs) return;
      failedAtMs = now();
      closedFromMs = failedAtMs + pauseMs;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    },
  };
}
