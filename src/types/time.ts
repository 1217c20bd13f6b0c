import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?|24:00(?::00(?:\.0{1,9})?)?)$/;

/**
 * A time of day as `hh:mm`, with seconds and their fractions or without (ISO 8601); 24:00 is the end of the day. No
 * offset, which PostgreSQL would drop, and no second 60, of which it would make the next minute.
 */
export function createTimeCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = {
    fault: "invalid_time",
    reason: `must be a time as hh:mm or hh:mm:ss for ${target}`,
  };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    return TIME.test(value) ? value : invalid;
  };
}
