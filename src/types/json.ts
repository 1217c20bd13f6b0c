import type { Check, Fault } from "./cell.js";
import { jsonText } from "./digits.js";
import { isWithinNumeric } from "./numeric.js";
import { textFaults } from "./text.js";

/** Far below where PostgreSQL's own parser gives up (max_stack_depth), on any server. */
const MOST_LEVELS = 1000;

/**
 * Any JSON value, written anew: spaces between values are lost, and all but the last of duplicate keys. `json` could hold
 * texts with a NUL or a lone surrogate, but nobody could read them: they are refused for both types.
 */
export function createJsonCheck(type: "json" | "jsonb", target: string): Check {
  const { unstorable } = textFaults(target);
  const wrongType: Fault = { fault: "wrong_type", reason: `must be a JSON value for ${target}` };
  const tooDeep: Fault = {
    fault: "too_deep",
    reason: `is nested more than ${MOST_LEVELS} levels deep, which is too much for ${target}`,
  };
  const outOfRange: Fault = {
    fault: "out_of_range",
    reason: `holds a number outside the range of ${target}`,
  };
  const isWritable = type === "jsonb" ? isWithinNumeric : undefined;
  return (value) => {
    let json: string | undefined;
    try {
      json = jsonText(value, isWritable);
    } catch (error) {
      // Nested so deep that JSON.stringify gives up; else what a function made, such as a circle.
      return error instanceof RangeError ? tooDeep : wrongType;
    }
    if (json === undefined) return wrongType;
    if (json === "unwritable") return outOfRange;
    if (holdsUnstorable(json)) return unstorable;
    return isDeeperThan(json, MOST_LEVELS) ? tooDeep : json;
  };
}

/** JSON.stringify writes a NUL and a lone surrogate as an escape; one behind another backslash is none. */
function holdsUnstorable(json: string): boolean {
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return false;
  for (const [sequence] of json.matchAll(/\\(?:u[0-9a-f]{4}|.)/g)) {
    if (/^\\u(?:0000|d[89a-f])/.test(sequence)) return true;
  }
  return false;
}

/** Whether brackets are nested deeper, those in strings left out. */
function isDeeperThan(json: string, levels: number): boolean {
  if (json.length <= levels * 2) return false;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (isInString) {
      if (character === "\\") at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > levels) return true;
    } else if (character === "}" || character === "]") depth -= 1;
  }
  return false;
}
