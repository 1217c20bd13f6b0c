/** How fast values are made: `quick` is about as long as it takes to find that one is not known. */
export type Speed = "quick" | "slow";

/** Of each of two generations. */
const MOST_ENTRIES = 4_096;
/** Longer values are neither worth the memory nor likely to come again. */
const LONGEST_VALUE = 256;
/** For so many new values: looking in vain takes a tenth of the time of a cipher, and half of that of a hash. */
const LEAST_KNOWN: Readonly<Record<Speed, number>> = { slow: MOST_ENTRIES / 8, quick: MOST_ENTRIES / 2 };
/** Then so many values go by before the next try. */
const PAUSE = 8 * MOST_ENTRIES;

/**
 * Remembers what a deterministic function made of the values that came last: the same address comes again and again.
 * Bounded: of values up to 256 UTF-16 units, between 4,096 and 8,192. Where hardly any value comes again, as with the
 * ids of a backlog, it tries only now and then; how many have to depends on how long `make` takes. What throws is not
 * remembered.
 */
export function cached<Result>(
  make: (value: string) => Result,
  speed: Speed = "slow",
): (value: string) => Result {
  let young = new Map<string, Result>();
  let old = new Map<string, Result>();
  let known = 0;
  let pause = 0;

  const startGeneration = (): void => {
    if (known < LEAST_KNOWN[speed]) pause = PAUSE;
    old = pause > 0 ? new Map() : young;
    young = new Map();
    known = 0;
  };

  return (value) => {
    if (pause > 0) {
      pause -= 1;
      return make(value);
    }
    if (value.length > LONGEST_VALUE) return make(value);
    const fromYoung = young.get(value);
    if (fromYoung !== undefined) {
      known += 1;
      return fromYoung;
    }
    const fromOld = old.get(value);
    if (fromOld !== undefined) known += 1;
    const result = fromOld ?? make(value);
    if (young.size >= MOST_ENTRIES) startGeneration();
    if (pause === 0) young.set(value, result);
    return result;
  };
}
