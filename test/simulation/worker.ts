import { playSeed } from "./play-seed.js";
import { addOutcome, emptySum } from "./sum.js";

/** A process of its own that plays the seeds that it is sent, a range at a time, and answers with their sum. */
export interface Range {
  readonly from: number;
  readonly count: number;
}

process.on("message", (range: Range) => {
  void (async () => {
    const sum = emptySum();
    for (let seed = range.from; process.connected && seed < range.from + range.count; seed += 1) {
      addOutcome(sum, seed, await playSeed(seed));
    }
    // Whoever asked may be gone by now.
    if (process.connected) process.send?.(sum);
  })();
});
