import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

const DATE_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP_PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ]([01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?(?:[Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)$/;

/** Whether the day exists in the Gregorian calendar; PostgreSQL has no year 0. */
function isDay(match: RegExpExecArray): boolean {
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

/** A day as `YYYY-MM-DD` that exists (ISO 8601; other spellings depend on the server's DateStyle). */
export function createDateCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = { fault: "invalid_date", reason: `must be a real day as YYYY-MM-DD for ${target}` };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    const match = DATE_PATTERN.exec(value);
    return match !== null && isDay(match) ? value : invalid;
  };
}

/**
 * A moment in ISO 8601 (RFC 3339) with its offset: without one, PostgreSQL would take the session's time zone. Offsets
 * reach to 15:59, as in PostgreSQL; it rounds to microseconds.
 */
export function createTimestampCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = {
    fault: "invalid_timestamp",
    reason: `must be an ISO 8601 date and time with an offset, such as 2026-01-31T12:00:00Z, for ${target}`,
  };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    const match = TIMESTAMP_PATTERN.exec(value);
    return match !== null && isDay(match) ? value : invalid;
  };
}

/**
 * A moment in milliseconds since the Unix epoch as ISO 8601 in UTC, cut to the day for `date`. Moments before year 1 or
 * after year 9999 are refused: their ISO form is another one.
 */
export function createMomentCheck(type: "date" | "timestamptz", target: string): Check {
  const outOfRange: Fault = { fault: "out_of_range", reason: `is no moment that ${target} can hold` };
  const first = Date.parse("0001-01-01T00:00:00.000Z");
  const last = Date.parse("9999-12-31T23:59:59.999Z");
  const length = type === "date" ? "YYYY-MM-DD".length : undefined;
  return (value) => {
    if (typeof value !== "number" || !(value >= first && value <= last)) return outOfRange;
    return new Date(value).toISOString().slice(0, length);
  };
}
