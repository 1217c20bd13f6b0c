const PATTERN = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;
const LARGEST_PART = 99;
/** The largest PostgreSQL integer. */
const LARGEST_RESULT = 2 ** 31 - 1;

/**
 * A version as one sortable integer: major*10000 + minor*100 + patch, missing parts 0, so `2.3.0` is 20300. Undefined
 * for what has no such number without colliding with another version or guessing: a minor or patch above 99, more than
 * three parts, anything but digits and dots, a result beyond the integer type.
 */
export function appVersion(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [major, minor, patch] = [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
  if (minor > LARGEST_PART || patch > LARGEST_PART) return undefined;
  const result = major * 10_000 + minor * 100 + patch;
  return result <= LARGEST_RESULT ? result : undefined;
}
