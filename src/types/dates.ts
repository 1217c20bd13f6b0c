import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

const DATE_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
// PostgreSQL takes a leap second, but no time of day above 24:00:00, which a fraction of a day's last one would be.
const LOCAL_PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](?!23:59:60\.\d*[1-9])(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?$/;
const TIMESTAMP_PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](?!23:59:60\.\d*[1-9])(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?(?:[Zz]|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)$/;

/** Before and after all others: https://www.postgresql.org/docs/current/datatype-datetime.html */
const INFINITIES: readonly string[] = ["infinity", "-infinity"];

export type DateTypeName = "date" | "timestamp" | "timestamptz";

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
  return createPatternCheck(DATE_PATTERN, target, {
    fault: "invalid_date",
    reason: `must be a real day as YYYY-MM-DD for ${target}`,
  });
}

/**
 * A moment in ISO 8601 (RFC 3339) with its offset: without one, PostgreSQL would take the session's time zone. Offsets
 * reach to 15:59, as in PostgreSQL; it rounds to microseconds.
 */
export function createTimestampCheck(target: string): Check {
  return createPatternCheck(TIMESTAMP_PATTERN, target, {
    fault: "invalid_timestamp",
    reason: `must be an ISO 8601 date and time with an offset, such as 2026-01-31T12:00:00Z, for ${target}`,
  });
}

/** The same without an offset: PostgreSQL would drop one, and with it hours. */
export function createLocalTimestampCheck(target: string): Check {
  return createPatternCheck(LOCAL_PATTERN, target, {
    fault: "invalid_timestamp",
    reason: `must be an ISO 8601 date and time without an offset, such as 2026-01-31T12:00:00, for ${target}`,
  });
}

function createPatternCheck(pattern: RegExp, target: string, invalid: Fault): Check {
  const { wrongType } = textFaults(target);
  return (value) => {
    if (typeof value !== "string") return wrongType;
    const match = pattern.exec(value);
    const isFine = match === null ? INFINITIES.includes(value) : isDay(match);
    return isFine ? value : invalid;
  };
}

const FIRST_MS = Date.parse("0001-01-01T00:00:00.000Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * A moment in whole milliseconds since the Unix epoch, and the microseconds besides, in the form that a column takes: ISO 8601
 * in UTC, for `date` cut to the day. Undefined for moments before year 1 or after year 9999: their ISO form is another one.
 */
export function momentText(epochMs: number, micros: number, type: DateTypeName): string | undefined {
  if (!(epochMs >= FIRST_MS && epochMs <= LAST_MS)) return undefined;
  if (type === "date") return dayText(epochMs);
  const text = new Date(epochMs).toISOString();
  const local = text.slice(0, -1) + (micros === 0 ? "" : String(micros).padStart(3, "0"));
  return type === "timestamp" ? local : `${local}Z`;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The day of a whole number of milliseconds; the last one is remembered, since most messages are of the same. */
const dayText = ((): ((epochMs: number) => string) => {
  let lastDay: number | undefined;
  let text = "";
  return (epochMs) => {
    const day = Math.floor(epochMs / DAY_MS);
    if (day !== lastDay) {
      text = new Date(day * DAY_MS).toISOString().slice(0, "YYYY-MM-DD".length);
      lastDay = day;
    }
    return text;
  };
})();

export function momentFault(target: string): Fault {
  return { fault: "out_of_range", reason: `is no moment that ${target} can hold` };
}

/** A moment in milliseconds since the Unix epoch. */
export function createMomentCheck(type: DateTypeName, target: string): Check {
  const outOfRange = momentFault(target);
  return (value) => (typeof value === "number" ? momentText(value, 0, type) : undefined) ?? outOfRange;
}
