import { backoffMs } from "../backoff.js";
import { sleep } from "../clock.js";
import type { RewrapTally } from "./rewrap-tally.js";
import type { RewrapWork } from "./rewrap-work.js";

/** Where values are: the table, the vault's entries of a domain, the sealed rejects. */
export interface RewrapPlace {
  readonly tallies: readonly RewrapTally[];
  /** Once through all that is there. Throws `DatabaseError` and `InterruptedError`. */
  pass(isFirst: boolean): Promise<void>;
}

/** What somebody else holds is tried so often again: some seconds. What is held for longer is left. */
const MOST_IDLE_PASSES = 6;

/**
 * Goes through all places again and again until there is nothing left to do in any: meanwhile others change rows, and
 * drains that have an old key first add to them. Throws `DatabaseError` and `InterruptedError`.
 */
export async function rewrapInPasses(work: RewrapWork, places: readonly RewrapPlace[]): Promise<void> {
  const tallies = places.flatMap((place) => place.tallies);
  for (let [pass, idle] = [1, 0]; ; pass += 1) {
    for (const tally of tallies) tally.beginPass();
    for (const place of places) await place.pass(pass === 1);
    if (work.dryRun || work.stop.aborted) return;
    const isAnyIn = (count: "changed" | "skipped"): boolean => tallies.some((tally) => tally[count] > 0);
    if (isAnyIn("changed")) idle = 0;
    else if (!isAnyIn("skipped") || idle === MOST_IDLE_PASSES) return;
    else {
      idle += 1;
      await sleep(work.clock, backoffMs(work.clock, idle), work.stop);
    }
  }
}
