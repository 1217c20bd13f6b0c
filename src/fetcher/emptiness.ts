import type { Clock } from "../clock.js";
import type { Queue } from "./queue.js";

/** So many times in a row must the queue look empty. */
const SIGHTINGS = 2;

/**
 * With nothing received for so long, and nothing in hand that could hold back its own FIFO group, messages that the
 * counter still shows are out of reach: held back by another consumer's lease, or by a reject. AWS lets the counter lag
 * by about a minute.
 */
const OUT_OF_REACH_MS = 60_000;

export interface EmptinessOptions {
  readonly queue: Pick<Queue, "attributes">;
  readonly clock: Clock;
  /** Whether messages in hand are still to be loaded or deleted. */
  readonly isAtWork: () => boolean;
}

export interface Emptiness {
  /** A message came. */
  reset(): void;
  /** Asked after an empty poll: whether the queue is done. Throws `QueueError`. */
  confirm(): Promise<boolean>;
}

/**
 * Empty means that the last long poll brought nothing and ApproximateNumberOfMessages is 0, seen twice. Neither is
 * proof alone: a poll can come back empty while messages are there, and the counter lags.
 */
export function createEmptiness({ queue, clock, isAtWork }: EmptinessOptions): Emptiness {
  let sightings = 0;
  let quietSinceMs: number | undefined;

  return {
    reset: () => {
      sightings = 0;
      quietSinceMs = undefined;
    },
    confirm: async () => {
      if (isAtWork()) quietSinceMs = undefined;
      else quietSinceMs ??= clock.now();
      const { visible } = await queue.attributes();
      sightings = visible === 0 ? sightings + 1 : 0;
      const outOfReach = quietSinceMs !== undefined && clock.now() - quietSinceMs >= OUT_OF_REACH_MS;
      return sightings >= SIGHTINGS || outOfReach;
    },
  };
}
