import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

const NUMBER = String.raw`[+-]?\d{1,9}`;
const SECONDS = String.raw`[+-]?\d{1,9}(?:\.\d{1,9})?`;
/** ISO 8601 durations, each part with a sign of its own as PostgreSQL takes it. */
const ISO = new RegExp(
  `^P(?=[^T]|T.)(?:(${NUMBER})Y)?(?:(${NUMBER})M)?(?:(${NUMBER})W)?(?:(${NUMBER})D)?` +
    `(?:T(?=.)(?:(${NUMBER})H)?(?:(${NUMBER})M)?(?:(${SECONDS})S)?)?$`,
);
/** As PostgreSQL writes them: `1 year 2 mons -3 days 04:05:06.7`. */
const POSTGRES = new RegExp(
  `^(?=.)(?:(${NUMBER}) years?(?: |$))?(?:(${NUMBER}) (?:mons?|months?)(?: |$))?(?:(${NUMBER}) weeks?(?: |$))?` +
    `(?:(${NUMBER}) days?(?: |$))?(?:(?:(${NUMBER}) hours?(?: |$))?(?:(${NUMBER}) (?:mins?|minutes?)(?: |$))?` +
    `(?:(${SECONDS}) (?:secs?|seconds?))?|([+-]?)(\\d{2,9}):([0-5]\\d)(?::([0-5]\\d(?:\\.\\d{1,9})?))?)$`,
);

/** https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT */
const MOST_MONTHS_OR_DAYS = 2 ** 31 - 1;

/**
 * A span of time, as ISO 8601 duration or as PostgreSQL itself writes it. It is passed on in the former, since what a
 * sign in the latter is for depends on the session (IntervalStyle). Years and months, days, and time are kept apart, as
 * by PostgreSQL; fractions are for seconds only, and are rounded to microseconds.
 */
export function createIntervalCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = {
    fault: "invalid_interval",
    reason: `must be an ISO 8601 duration such as P1DT12H, or an interval such as 1 day 12:00:00, for ${target}`,
  };
  const outOfRange: Fault = { fault: "out_of_range", reason: `is longer than ${target} can hold` };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    const parts = partsOf(value);
    if (parts === undefined) return invalid;
    const [years, months, weeks, days] = parts.map(Number);
    const fits =
      Math.abs((years ?? 0) * 12 + (months ?? 0)) <= MOST_MONTHS_OR_DAYS &&
      Math.abs((weeks ?? 0) * 7 + (days ?? 0)) <= MOST_MONTHS_OR_DAYS &&
      Math.abs((weeks ?? 0) * 7) <= MOST_MONTHS_OR_DAYS;
    return fits ? isoText(parts) : outOfRange;
  };
}

/** Years, months, weeks, days, hours, minutes and seconds, each `0` where it is missing. */
function partsOf(text: string): readonly string[] | undefined {
  const iso = ISO.exec(text);
  if (iso !== null) return Array.from(iso.slice(1, 8), (part) => part ?? "0");
  const written = POSTGRES.exec(text);
  if (written === null) return undefined;
  const [, years, months, weeks, days, hours, minutes, seconds, sign = "", clockHours, ...clock] = written;
  const dates = [years, months, weeks, days];
  const times =
    clockHours === undefined
      ? [hours, minutes, seconds]
      : [clockHours, clock[0], clock[1]].map((part) => (part === undefined ? part : sign + part));
  return [...dates, ...times].map((part) => part ?? "0");
}

/** PostgreSQL knows no plus sign here. */
function isoText(parts: readonly string[]): string {
  const [years, months, weeks, days, hours, minutes, seconds] = parts.map((part) => part.replace("+", ""));
  return `P${years}Y${months}M${weeks}W${days}DT${hours}H${minutes}M${seconds}S`;
}
