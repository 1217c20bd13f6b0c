import type { Mask } from "../masking/index.js";
import type { Candidates } from "./audit-kinds.js";

/** Milliseconds that only go on; passed in, so that a test need not measure. */
export type Stopwatch = () => number;

/** As many candidates are made beforehand, so that only masking is timed. */
const BATCH = 1_024;
const ROUNDS = 15;
/** Of each round, so all of them are 300 ms of work. */
const ROUND_MS = 20;
/** Steps through all candidates, so that those of a batch are as different as those of an attack. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * How many candidates of a kind one core masks in a second: the median of 15 rounds of 20 ms each, the first of which
 * warm it up. Undefined for a kind that cannot be counted. It blocks meanwhile.
 */
export function candidatesPerSecond(
  mask: Mask,
  { at, count }: Candidates,
  stopwatch: Stopwatch,
): number | undefined {
  if (at === undefined || count === null) return undefined;
  const batch = Array.from({ length: BATCH }, (_, index) =>
    at(Math.floor(((index * GOLDEN_RATIO) % 1) * count)),
  );
  const rates = Array.from({ length: ROUNDS }, () => {
    const start = stopwatch();
    let tried = 0;
    let elapsedMs = 0;
    while (elapsedMs < ROUND_MS) {
      for (const candidate of batch) mask(candidate);
      tried += batch.length;
      elapsedMs = stopwatch() - start;
    }
    return (tried * 1_000) / elapsedMs;
  });
  return rates.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)];
}
