import type { Clock } from "../clock.js";
import type { DrainEvent, OnDrainEvent, Progress } from "./events.js";

/** How often progress is told at the most. */
const PROGRESS_EVERY_MS = 100;

/** Tells the observer what happens; an observer that throws is not the run's concern. */
export interface Narrator {
  tell(event: DrainEvent): void;
  /** Tells the progress unless it was told a moment ago. */
  progress(): void;
}

/** To an observer that may not be there. What it throws is its own affair: the messages in hand matter more. */
export function tellTo(onEvent: OnDrainEvent | undefined): OnDrainEvent {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // As said above.
    }
  };
}

export function createNarrator(
  onEvent: OnDrainEvent | undefined,
  clock: Clock,
  progressNow: () => Progress,
): Narrator {
  let lastToldMs = Number.NEGATIVE_INFINITY;

  const tell = tellTo(onEvent);

  return {
    tell,
    progress: () => {
      const now = clock.now();
      if (onEvent === undefined || now - lastToldMs < PROGRESS_EVERY_MS) return;
      lastToldMs = now;
      tell({ type: "progress", progress: progressNow() });
    },
  };
}
