import { UsageError } from "../errors.js";
import { formatCount } from "../format-count.js";
import { quoted } from "../quoted.js";

/** What a flag was given that takes no such thing, quoted: what could be a password or a token is not shown at all. */
export function quotedFlag(text: string): string {
  const mayBeSecret = /(?=\S*\d)(?=\S*[a-z])\S{16}/i.test(text);
  return mayBeSecret ? '"..."' : quoted(text);
}

export interface Bounds {
  readonly min: number;
  readonly max?: number;
}

function range({ min, max }: Bounds, show: (value: number) => string): string {
  return max === undefined ? `from ${show(min)} up` : `from ${show(min)} to ${show(max)}`;
}

/**
 * Makes the parser of a flag that takes a whole number: digits only. It throws UsageError `invalid_value`, such as
 * `--max must be a whole number from 1 up, not "abc"`.
 */
export function wholeNumberFlag(flag: string, bounds: Bounds): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= bounds.min && value <= (bounds.max ?? value)) return value;
    const wanted = range(bounds, formatCount);
    throw new UsageError(
      "invalid_value",
      `${flag} must be a whole number ${wanted}, not ${quotedFlag(text)}`,
    );
  };
}

const DURATION_PATTERN = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_MS: readonly number[] = [86_400_000, 3_600_000, 60_000, 1000, 1];
/** Timers count to 2^31-1 ms. */
const LONGEST_MS = 24 * 86_400_000;

/** Reads `10m`, `90s`, `1h30m` or `500ms` as milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return undefined;
  return UNITS_MS.reduce((total, unit, index) => total + Number(match[index + 1] ?? 0) * unit, 0);
}

function showDuration(durationMs: number): string {
  const index = UNITS_MS.findIndex((unit) => durationMs >= unit && durationMs % unit === 0);
  return `${durationMs / (UNITS_MS[index] ?? 1)}${["d", "h", "m", "s", "ms"][index] ?? "ms"}`;
}

/** Makes the parser of a flag that takes a duration: milliseconds, 24 days at most. Bounds are in milliseconds. */
export function durationFlag(flag: string, bounds: Bounds): (text: string) => number {
  const limits = { min: bounds.min, max: bounds.max ?? LONGEST_MS };
  return (text) => {
    const value = parseDuration(text);
    if (value !== undefined && value >= limits.min && value <= limits.max) return value;
    const wanted = `a duration ${range(limits, showDuration)}, such as 90s, 10m or 1h30m`;
    throw new UsageError("invalid_value", `${flag} must be ${wanted}, not ${quotedFlag(text)}`);
  };
}

/** Makes the parser of a flag that takes one of a few words. */
export function oneOfFlag<Word extends string>(flag: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new UsageError("invalid_value", `${flag} must be ${words.join(" or ")}, not ${quotedFlag(text)}`);
  };
}
