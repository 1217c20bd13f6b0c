import { BATCH_BYTES, MAX_PAYLOAD_BYTES_IN_HAND } from "../drain/limits.js";
import type { Reserve } from "../payloads/payloads.js";

/** The room of one message in its part of a page. */
export interface Place {
  /** Does not wait: what has no room now has it in the next part. */
  readonly reserve: Reserve;
  /** What it takes in the end, whether there is room for it or not. */
  take(bytes: number): void;
}

/**
 * What the messages of a page may take that are in memory together. It never refuses the first one, so that each part
 * of a page brings it on.
 */
export interface PartRoom {
  /** Whether a further message may be opened; not known before is what it becomes. */
  hasRoom(): boolean;
  place(): Place;
}

export function createPartRoom(): PartRoom {
  let used = 0;
  return {
    // As a batch is complete in a drain.
    hasRoom: () => used < BATCH_BYTES,
    place: () => {
      let own = 0;
      const take = (bytes: number): void => {
        used += bytes - own;
        own = bytes;
      };
      return {
        take,
        reserve: async (bytes) => {
          const others = used - own;
          const fits = others === 0 || others + bytes <= MAX_PAYLOAD_BYTES_IN_HAND;
          take(fits ? bytes : 0);
          return fits;
        },
      };
    },
  };
}
