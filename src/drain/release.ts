import { isUnavailable } from "../errors.js";
import { type GiveBackOptions, giveBack } from "../fetcher/give-back.js";
import type { Hand } from "./hand.js";
import type { Stopper } from "./stopper.js";
import type { Tally } from "./tally.js";

export interface ReleaseOptions extends Omit<GiveBackOptions, "onSettled"> {
  readonly hand: Hand;
  readonly tally: Tally;
  readonly stopper: Stopper;
}

/**
 * Gives messages in hand back to the queue and counts those without an outcome as released. One that could not be
 * given back is not lost either: it reappears when its visibility timeout ends.
 */
export async function release(ids: readonly string[], options: ReleaseOptions): Promise<void> {
  const { hand, tally, stopper } = options;
  await giveBack(ids, {
    ...options,
    onSettled: ({ done, failed, error }) => {
      for (const id of [...done, ...failed]) {
        if (hand.get(id)?.isDecided === false) tally.released += hand.decide(id);
        hand.letGo(id);
      }
      if (error !== undefined && !isUnavailable(error)) stopper.fail(error);
    },
  });
}
