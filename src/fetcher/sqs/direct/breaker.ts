/** The first pause, and the longest: each failure in a row doubles it. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Whether a way of asking is worth its try: it is until one fails, then there is a pause, which doubles each time. */
export interface Breaker {
  /** Undefined in a pause. */
  begin(): Attempt | undefined;
}

/** One of the two is called; neither, where it was given up. Tries that were under way together are one failure. */
export interface Attempt {
  succeeded(): void;
  /** The pause that begins with it, in milliseconds; undefined where one had begun already. */
  failed(): number | undefined;
}

/** `now` counts milliseconds evenly from whenever. */
export function createBreaker(now: () => number): Breaker {
  let failures = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  return {
    begin: () => {
      if (now() < pausedUntilMs) return undefined;
      const failuresBefore = failures;
      return {
        succeeded: () => {
          if (failures === failuresBefore) pauseMs = FIRST_PAUSE_MS;
        },
        failed: () => {
          if (failures !== failuresBefore) return undefined;
          failures += 1;
          const begunMs = pauseMs;
          pausedUntilMs = now() + begunMs;
          pauseMs = Math.min(begunMs * 2, LONGEST_PAUSE_MS);
          return begunMs;
        },
      };
    },
  };
}
