import { countCharacters } from "../characters.js";
import type { Check, Fault } from "./cell.js";

/**
 * Whether PostgreSQL can hold the text: no NUL character (no server encoding stores it) and no lone surrogate (it has
 * no UTF-8 form). https://www.postgresql.org/docs/current/datatype-character.html
 */
export function isStorable(text: string): boolean {
  return !text.includes("\u0000") && text.isWellFormed();
}

/** Whether a text has at most `limit` characters; the usual short one is not walked through. */
export function fits(text: string, limit: number): boolean {
  return text.length <= limit || (text.length <= limit * 2 && countCharacters(text) <= limit);
}

/** What can be wrong with a text, worded for one column, such as `user_id varchar(128)`. */
interface TextFaults {
  readonly wrongType: Fault;
  readonly unstorable: Fault;
  readonly tooLong: Fault;
}

export function textFaults(target: string): TextFaults {
  return {
    wrongType: { fault: "wrong_type", reason: `must be a JSON string for ${target}` },
    unstorable: {
      fault: "unstorable_text",
      reason: `holds a NUL character or a lone surrogate, which PostgreSQL cannot store, for ${target}`,
    },
    tooLong: { fault: "too_long", reason: `is longer than ${target} allows` },
  };
}

/** A string of at most `limit` characters; trailing spaces count, so nothing is ever cut off. */
export function createTextCheck(limit: number, target: string): Check {
  const faults = textFaults(target);
  return (value) => {
    if (typeof value !== "string") return faults.wrongType;
    if (!isStorable(value)) return faults.unstorable;
    return fits(value, limit) ? value : faults.tooLong;
  };
}
