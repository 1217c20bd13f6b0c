import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

/** A hyphen may stand behind any four digits: https://www.postgresql.org/docs/current/datatype-uuid.html */
const SPELLING = /^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i;

/** A UUID of any version, in each spelling that PostgreSQL takes. */
export function createUuidCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = { fault: "invalid_uuid", reason: `must be a UUID for ${target}` };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    const inner = value.startsWith("{") && value.endsWith("}") ? value.slice(1, -1) : value;
    return SPELLING.test(inner) ? value : invalid;
  };
}
