import type { Clock } from "../clock.js";

/**
 * Until when a run has worked: the waits that find out that the queue is empty, and giving back what is left, are no part of
 * its rate.
 */
export interface WorkClock {
  /** Messages came, or one of them got its outcome. */
  note(): void;
  /** What comes is no work any more. */
  stop(): void;
  /** Milliseconds on the run's clock. */
  untilMs(): number;
}

export function createWorkClock(clock: Clock): WorkClock {
  let untilMs = clock.now();
  let isOver = false;
  return {
    note: () => {
      if (!isOver) untilMs = clock.now();
    },
    stop: () => {
      isOver = true;
    },
    untilMs: () => untilMs,
  };
}
