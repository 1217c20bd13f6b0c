/**
 * What each process may receive so that all together receive `max` exactly: no share is 0, so with less than one for each
 * there are fewer processes.
 */
export function sharesOf(max: number | undefined, processes: number): (number | undefined)[] {
  if (max === undefined) return Array.from({ length: processes }, () => undefined);
  const count = Math.min(max, processes);
  const least = Math.floor(max / count);
  const rest = max % count;
  return Array.from({ length: count }, (_, index) => (index < rest ? least + 1 : least));
}
