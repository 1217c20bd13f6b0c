/** Of each of two generations. */
const MOST_ENTRIES = 4_096;
/** Longer values are neither worth the memory nor likely to come again. */
const LONGEST_VALUE = 256;

/**
 * Remembers what a deterministic function made of the values that came last: the same address comes again and again.
 * Bounded: of values up to 256 UTF-16 units, between 4,096 and 8,192. What throws is not remembered.
 */
export function cached<Result>(make: (value: string) => Result): (value: string) => Result {
  let young = new Map<string, Result>();
  let old = new Map<string, Result>();
  return (value) => {
    if (value.length > LONGEST_VALUE) return make(value);
    const known = young.get(value);
    if (known !== undefined) return known;
    const result = old.get(value) ?? make(value);
    if (young.size >= MOST_ENTRIES) {
      old = young;
      young = new Map();
    }
    young.set(value, result);
    return result;
  };
}
