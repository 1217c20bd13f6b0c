import { formatDecimal, formatRemaining, plural } from "./format.js";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365.25 * DAY_SECONDS;

/** How long something would take, in seconds, however long: under a second, 3 m 43 s, 14.2 h, 12 days, 1,600 years. */
export function formatSpan(seconds: number): string {
  if (seconds < 1) return "under a second";
  if (seconds < HOUR_SECONDS) return formatRemaining(seconds * 1_000);
  if (seconds < 2 * DAY_SECONDS) return `${formatDecimal(seconds / HOUR_SECONDS)} h`;
  if (seconds < 2 * YEAR_SECONDS) return plural(Math.round(seconds / DAY_SECONDS), "day");
  return plural(Math.round(seconds / YEAR_SECONDS), "year");
}
